import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quote, Unquotable } from '../../../src/host/quote.ts'

describe.each([['dash'], ['bash'], ['busybox', 'sh']])(
  'a quoted text, read by %s %s',
  (program, ...words) => {
    /** What the shell makes of the texts: each as an argument of its own, told apart by NUL. */
    function readBack(texts: readonly string[]): string[] {
      const script = texts.map(text => `printf '%s\\0' ${quote(text)}`).join('\n')
      const run = spawnSync(program, words, { input: script, encoding: 'utf8', maxBuffer: 1 << 26 })
      expect(run.error).toBeUndefined()
      expect(run.stderr).toBe('')
      return run.stdout.split('\0').slice(0, -1)
    }

    test('is one word and the same text, whatever the text', () => {
      const text = fc.string({ unit: 'binary', maxLength: 80 }).map(t => t.replaceAll('\0', ''))
      const nasty = fc.string({
        unit: fc.constantFrom(
          "'",
          '"',
          '\\',
          '$',
          '`',
          '!',
          '\n',
          '\r',
          ' ',
          '*',
          '~',
          '#',
          ';',
          'é',
          '\u0081',
          '-',
        ),
        maxLength: 20,
      })
      fc.assert(
        fc.property(fc.array(fc.oneof(text, nasty), { minLength: 1, maxLength: 200 }), texts => {
          expect(readBack(texts)).toEqual(texts)
        }),
        { numRuns: 20 },
      )
    })

    test('is the same text when it is what people try first', () => {
      const texts = [
        '',
        "'",
        "''",
        "a'b",
        '$(id)',
        '`id`',
        '-rf',
        'a\nb',
        '\n',
        '\\',
        "\\'",
        '%s',
        '~',
        '{a,b}',
      ]
      expect(readBack(texts)).toEqual(texts)
    })
  },
)

test.each([['a\0b'], ['a\ud800b']])('a text that no shell can carry is refused, and not shown', text => {
  expect(() => quote(`secret${text}`)).toThrow(Unquotable)
  expect(() => quote(`secret${text}`)).not.toThrow(/secret/)
})
