import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { durationProblem, seconds } from '../../../src/runbook/duration.ts'
import { nameProblem, secretNameProblem, shownCharacter } from '../../../src/runbook/names.ts'
import { distance, nearest } from '../../../src/runbook/nearest.ts'
import { pathProblem, relativePathProblem } from '../../../src/runbook/paths.ts'

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)
const part = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/)
const path = fc.array(part, { minLength: 1, maxLength: 6 }).map(parts => `/srv/${parts.join('/')}`)

describe('names', () => {
  test('every name by the rule is fine', () => {
    fc.assert(fc.property(name, text => nameProblem(text) === undefined))
  })

  test('whatever passes can be a folder of its own, and a word in a shell', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), text => {
        if (nameProblem(text) === undefined) expect(text).toMatch(/^[A-Za-z0-9][\w.-]*$/)
      }),
    )
  })

  test('a name that is offered instead works', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), text => {
        const offered = /(\S+) would work\.$/.exec(nameProblem(text) ?? '')?.[1]
        if (offered !== undefined) expect(nameProblem(offered)).toBeUndefined()
      }),
    )
  })

  test('the name of a secret is never repeated: it may be the secret', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 9 }), text => !(secretNameProblem(text) ?? '').includes(text)),
    )
    expect(secretNameProblem('DB_PASSWORD')).toBeUndefined()
    for (const taken of ['ROLLBOOK_TO', 'PATH', 'LD_PRELOAD', 'BASH_ENV']) {
      expect(secretNameProblem(taken)).toContain('another name')
    }
  })

  test('characters that nobody sees are shown by number', () => {
    expect(['a', ' ', '\u202E', '\u00E9', '\t', '\u{1F600}'].map(shownCharacter)).toEqual([
      'a',
      'a space',
      'U+202E',
      'U+00E9',
      'U+0009',
      'U+1F600',
    ])
  })
})

describe('paths', () => {
  test('every plain absolute path is fine, and its part below / is a fine relative one', () => {
    fc.assert(
      fc.property(
        path,
        text => pathProblem(text) === undefined && relativePathProblem(text.slice(1)) === undefined,
      ),
    )
  })

  test('whatever passes has one spelling, stays where it is, and needs no quotes', () => {
    const odd = fc.string({
      unit: fc.constantFrom(...'/.ab~$ \'"\\\n*%;é-') as fc.Arbitrary<string>,
      maxLength: 12,
    })
    fc.assert(
      fc.property(odd, text => {
        if (pathProblem(text) !== undefined) return
        expect(text).toMatch(/^(\/[\w.+@,:=~-]+)+$/)
        expect(text.split('/')).not.toContain('..')
        expect(text.split('/').slice(1)).not.toContain('')
      }),
    )
  })

  test('the spelling that is offered instead works', () => {
    const sloppy = fc.array(fc.constantFrom('/', '//', '/./', 'a', 'app')).map(parts => `/${parts.join('')}`)
    fc.assert(
      fc.property(sloppy, text => {
        const offered = /plain spelling: (.*)\.$/.exec(pathProblem(text) ?? '')?.[1]
        if (offered !== undefined) expect(pathProblem(offered)).toBeUndefined()
      }),
    )
  })

  test.each([
    ['', 'missing'],
    ['srv/app', 'starting with /'],
    ['~', '~ is not expanded'],
    ['~root/app', '~ is not expanded'],
    ['/', 'root of the file system'],
    ['//srv///app/', 'plain spelling: /srv/app.'],
    ['/srv/./app', 'plain spelling: /srv/app.'],
    ['/srv/my app', 'a space at character 8'],
    ["/srv/it's", "' at character 8"],
    ['/srv/"app"', '" at character 6'],
    ['/srv\\app', '\\ at character 5'],
    ['/srv/app\n', 'line breaks around it'],
    ['/srv/%h', '% at character 6'],
    ['$HOME/app', 'Variables are not expanded'],
    [`/${'a/'.repeat(2048)}b`, 'at most 1024'],
    [`/${'a'.repeat(256)}`, 'longer than 255'],
    ['/srv/../etc', '..'],
    ['C:\\app', 'Windows'],
    ['C:/app', 'Windows'],
    ['/proc/self/root', '/proc'],
    ['/srv/caf\u00e9', 'U+00E9 at character 9'],
    ['/srv/*', '* at character 6'],
    ['/srv/a\0b', 'U+0000'],
  ])('%j is refused: %s', (text, words) => {
    expect(pathProblem(text)).toContain(words)
  })

  test.each(['/etc/passwd', '../x', '', '~/x', 'a//b', './a'])('%j is no path below a folder', text => {
    expect(relativePathProblem(text)).toBeDefined()
  })
})

describe('times', () => {
  test('say the same in every unit', () => {
    expect(['200ms', '30s', '5m', '1h', '1.5h', '24h'].map(seconds)).toEqual([
      0.2, 30, 300, 3600, 5400, 86400,
    ])
  })

  test('are between nothing and a day', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, noNaN: true }),
        fc.constantFrom('ms', 's', 'm', 'h'),
        (amount, unit) => {
          const value = seconds(`${amount}${unit}`)
          if (value !== undefined) expect(value > 0 && value <= 86_400).toBe(true)
        },
      ),
    )
  })

  test('anything at all is either a time or has a problem, and what is offered is a time', () => {
    const words = fc.tuple(
      fc.nat(9999),
      fc.constantFrom('', ' ', '  '),
      fc.constantFrom('minutes', 'sec', 'h', 'days', 'Hours', ''),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          words.map(parts => parts.join('')),
        ),
        text => {
          const problem = durationProblem(text)
          expect(problem === undefined).toBe(seconds(text) !== undefined)
          const offered = /Did you mean (.*)\?$/.exec(problem ?? '')?.[1]
          if (offered !== undefined && Number.parseInt(offered, 10) < 24)
            expect(seconds(offered)).toBeDefined()
        },
      ),
    )
  })

  test.each([
    ['5 minutes', 'Did you mean 5m?'],
    ['90 sec', 'Did you mean 90s?'],
    ['1h30', 'Did you mean 90m?'],
    ['1h 5m', 'Did you mean 65m?'],
    ['30', 'Did you mean 30s?'],
    ['soon', 'such as 200ms, 30s, 5m or 1h.'],
    ['-5s', 'such as'],
    ['25h', 'at most 24h'],
    ['0s', 'longer than nothing'],
  ])('%s → %s', (text, words) => {
    expect(durationProblem(text)).toContain(words)
  })
})

describe('the nearest name', () => {
  test('is the one with the fewest changes; swapped neighbours are one', () => {
    expect(nearest('realease', ['release', 'rollback'])).toBe('release')
    expect(nearest('swtich', ['start', 'switch'])).toBe('switch')
    expect(nearest('HTTP', ['http'])).toBe('http')
    expect(nearest('database', ['http', 'tcp'])).toBeUndefined()
  })

  test('a distance is zero for the same, symmetric, and never more than the longer word', () => {
    const word = fc.string({ maxLength: 12 })
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(distance(a, a)).toBe(0)
        expect(distance(a, b)).toBe(distance(b, a))
        expect(distance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
})
