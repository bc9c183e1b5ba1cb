import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { code, fence, prose, table, text } from '../../../src/report/markdown.ts'
import { HOSTILE } from '../../support/hostile.ts'

const anything = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('`', '|', '\\', '<', '\n', 'a', ' ') }),
)

describe('words of a stranger', () => {
  test('are shown as they are written', () => {
    expect(text('checkout answers 500 since 14:02')).toBe('checkout answers 500 since 14:02')
    expect(text('a|b <b>*x*</b>')).toBe('a&#124;b &#60;b&#62;&#42;x&#42;&#60;/b&#62;')
  })

  test('mention nobody and link nowhere', () => {
    expect(text('@everyone')).toBe('@&#8203;everyone')
    expect(text('see acme/shop#2 and GH-3')).toBe('see acme/shop#&#8203;2 and GH&#8203;-3')
    expect(text('https://evil.example www.evil.example')).toBe(
      'https:&#8203;//evil.example www&#8203;.evil.example',
    )
  })

  test('start no heading, list or quote', () => {
    for (const start of ['# a', '- a', '+ a', '* a', '1. a', '2) a', '> a', '=== a', '--- a']) {
      expect(text(start)).not.toMatch(/^(#|-|\+|\*|\d+[.)]|>|=)/)
    }
  })

  test('have no character left that means anything in Markdown or HTML, and stay on their line', () => {
    fc.assert(
      fc.property(anything, given => {
        expect(text(given)).not.toMatch(/[<>`*_[\]{}|\\~$\r\n"']/)
        expect(text(given)).not.toMatch(/&(?!#\d+;)/)
        expect(text(given)).not.toMatch(/@(?!&#8203;|\s|$)/)
        expect(text(given)).not.toMatch(/:\/\//)
      }),
      { numRuns: 500 },
    )
  })
})

describe('code', () => {
  test('is shown as it is, for copying', () => {
    expect(code('ssh deploy@web-1 "ls | wc"')).toMatch(/^<code>/)
    expect(code('~/.rollbook/x/rollbook undo')).toBe('`~/.rollbook/x/rollbook undo`')
    expect(code('a`b')).toBe('``a`b``')
    expect(code('`a`')).toBe('`` `a` ``')
    expect(code('')).toBe('')
  })

  test('can not be left', () => {
    fc.assert(
      fc.property(anything, given => {
        const shown = code(given)
        if (shown === '' || shown.startsWith('<code>')) return
        const ticks = shown.match(/^`+/)?.[0] ?? ''
        const inside = shown.slice(ticks.length, -ticks.length)
        expect(shown.endsWith(ticks)).toBe(true)
        expect(inside.match(/`+/g) ?? []).not.toContain(ticks)
        expect(inside).not.toMatch(/[\r\n|]/)
      }),
    )
  })
})

describe('a sentence of ours', () => {
  test('shows names and commands as code', () => {
    expect(prose('Run `rollbook undo` on web_1.')).toBe('Run `rollbook undo` on web&#95;1.')
  })

  test('shows a lone backtick as it is', () => {
    expect(prose('a `b` c ` d')).toBe('a `b` c &#96; d')
  })
})

describe('a table', () => {
  test('has as many cells in each row as in its head, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anything, anything, anything), { maxLength: 5 }), rows => {
        const shown = table(
          ['a', 'b', 'c'],
          rows.map(([words, command, sentence]) => [text(words), code(command), prose(sentence)]),
        )
        const lines = shown.split('\n')
        expect(lines).toHaveLength(rows.length + 2)
        for (const line of lines) expect(line.split('|')).toHaveLength(5)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a fence', () => {
  test('is longer than anything inside it', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 5 }), lines => {
        const shown = fence(lines, 'text').split('\n')
        const ticks = shown.at(-1) ?? ''
        expect(shown[0]).toBe(`${ticks}text`)
        expect(ticks).toMatch(/^`{3,}$/)
        for (const line of shown.slice(1, -1)) expect(line).not.toContain(ticks)
      }),
      { numRuns: 300 },
    )
  })
})
