import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { neutralise, neutraliseTitle } from '../../../src/report/neutralise.ts'
import { HOSTILE } from '../../support/hostile.ts'

/** What the runner takes for a command, as ActionCommand.cs reads a line. */
const isCommand = (line: string): boolean => line.trimStart().startsWith('::') || line.includes('##[')

describe('text from a host', () => {
  test('keeps ordinary lines as they are', () => {
    expect(neutralise('● nginx.service\n   Active: active (running)\n')).toEqual([
      '● nginx.service',
      '   Active: active (running)',
    ])
  })

  test('shows every state of a progress bar on its own line', () => {
    expect(neutralise('10%\r50%\r\n100%')).toEqual(['10%', '50%', '100%'])
  })

  test('loses its colours, links and titles, not its words', () => {
    expect(neutralise('\u001b[1;31mred\u001b[0m \u001b]8;;https://x\u0007link\u001b]8;;\u001b\\')).toEqual([
      'red link',
    ])
  })

  test.each([
    ['::set-output name=outcome::rolled-back', ': :set-output name=outcome::rolled-back'],
    ['x ##[error]taken over', 'x ## [error]taken over'],
    ['##\u001b[0m[command]id', '## [command]id'],
    ['41\u202e', '41⟨U+202E⟩'],
    ['a\u0000\u0008b', 'ab'],
  ])('%j is shown as %j', (given, shown) => {
    expect(neutralise(given)).toEqual([shown])
  })

  test('keeps an emoji of several parts together', () => {
    expect(neutralise('👩🏽‍💻 mei')).toEqual(['👩🏽‍💻 mei'])
  })

  test('a log of a hundred thousand lines keeps its end, and says what is missing', () => {
    const shown = neutralise(`${'line\n'.repeat(100_000)}why it failed`, { lines: 50 })
    expect(shown).toHaveLength(50)
    expect(shown[0]).toBe('… 99,952 earlier lines not shown')
    expect(shown.at(-1)).toBe('why it failed')
  })

  test('a line of megabytes is cut, and says so', () => {
    const [line] = neutralise('x'.repeat(5_000_000))
    expect(line).toMatch(/^x+ … \(line cut\)$/)
    expect(line).toHaveLength(1000)
  })

  test('a line of half a million unfinished escape sequences ends before the test does', () => {
    expect(neutralise('\u001b]'.repeat(500_000))).toEqual([' … (line cut)'])
    expect(neutralise('\u001b['.repeat(500_000))).toEqual([' … (line cut)'])
  })
})

describe('whatever is sent', () => {
  const anything = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          ':',
          '#',
          '[',
          '::',
          '##[',
          ' ',
          '\r',
          '\n',
          '\t',
          '\u001b',
          '\u001b[m',
          '\u200b',
          '\u0085',
          'x',
        ),
      )
      .map(parts => parts.join('')),
  )

  test('no line is a command, none ends in the middle, and a second pass changes nothing', () => {
    fc.assert(
      fc.property(anything, given => {
        const shown = neutralise(given)
        for (const line of shown) {
          expect(isCommand(line)).toBe(false)
          expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
          expect(line.isWellFormed()).toBe(true)
        }
        expect(neutralise(shown.map(line => `${line}\n`).join(''))).toEqual(shown)
      }),
      { numRuns: 500 },
    )
  })

  test('a title is one line that is no command', () => {
    fc.assert(
      fc.property(anything, given => {
        const title = neutraliseTitle(given)
        expect(isCommand(title)).toBe(false)
        expect(title).not.toMatch(/\p{Cc}/u)
        expect(title.length).toBeLessThanOrEqual(200)
      }),
    )
  })
})
