import { describe, expect, test } from 'vitest'
import { between } from '../../../scripts/docs/marks.mts'
import { inputsTable, kindsTable, manifestInputs } from '../../../scripts/docs/tables.mts'
import { KINDS } from '../../../src/kind/table.ts'

describe('a generated part of a page', () => {
  const page = '# Title\n\n<!-- inputs -->\nold\n<!-- /inputs -->\n\nThe end.\n'

  test('is replaced, and nothing around it', () => {
    expect(between(page, 'inputs', 'new')).toBe(
      '# Title\n\n<!-- inputs -->\nnew\n<!-- /inputs -->\n\nThe end.\n',
    )
  })

  test('stays as it is when it says the same already', () => {
    expect(between(page, 'inputs', 'old')).toBe(page)
  })

  test('may hold dollar signs, which are no references here', () => {
    expect(between(page, 'inputs', "$& $1 $'")).toContain("\n$& $1 $'\n")
  })

  test.each([
    ['is missing', '# Title\n'],
    ['has no end', '<!-- inputs -->\n'],
    ['stands there twice', `${page}${page}`],
    ['is the wrong way round', '<!-- /inputs -->\n<!-- inputs -->\n'],
  ])('is an error when it %s', (_, text) => {
    expect(() => between(text, 'inputs', 'new')).toThrow('<!-- inputs -->')
  })
})

describe('the tables', () => {
  test('keep a bar in a sentence from ending the cell', () => {
    const manifest = {
      inputs: { on: { description: 'a | b', default: 'x' }, off: { description: 'c' } },
      outputs: {},
    }
    expect(inputsTable(manifest).split('\n').slice(2)).toEqual([
      '| `on` | `x` | a \\| b |',
      '| `off` | | c |',
    ])
  })

  test('name every kind that can be written, with its phases', () => {
    const rows = kindsTable(KINDS).split('\n').slice(2)
    expect(rows).toHaveLength(KINDS.filter(({ phases }) => phases.length > 0).length)
    expect(rows.join()).not.toContain('restore_database')
    expect(rows.find(row => row.startsWith('| `tail` |'))).toContain('| diagnose |')
  })

  test('write a default as text, because the runner hands over text', () => {
    const yaml = manifestInputs([{ name: 'escalate', default: 'false', says: 'true: go on.' }])
    expect(yaml).toContain("default: 'false'")
  })
})
