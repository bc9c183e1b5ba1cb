import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { githubLog, type Log, plainLog } from '../../../src/report/log.ts'
import { Masker } from '../../../src/report/mask.ts'
import { HOSTILE } from '../../support/hostile.ts'

const masker = new Masker([{ name: 'DB_PASSWORD', value: "tiger's-42" }])

let written = ''
beforeEach(() => {
  written = ''
  vi.spyOn(process.stdout, 'write').mockImplementation(chunk => {
    written += String(chunk)
    return true
  })
})
afterEach(() => vi.restoreAllMocks())

const plain = (tell: (log: Log) => void): string => {
  let text = ''
  tell(plainLog({ write: chunk => (text += chunk) }, masker))
  return text
}
const github = (tell: (log: Log) => void): string => {
  written = ''
  tell(githubLog(masker))
  return written
}

const rollback = (log: Log): void => {
  log.phase('switch')
  log.step('web-1', 'passed', 'point current at 41', 12)
  log.phase('start')
  log.step('web-10', 'failed', 'reload nginx', 1234)
  log.output('web-10', ['nginx: [emerg] bind() failed', '::error::fooled'])
  log.warning('web-1 is slow')
  log.close()
}

describe('the log of a job', () => {
  test('has a group for each phase and a line for each step', () => {
    expect(github(rollback)).toBe(
      [
        '::group::switch',
        '✓ web-1  point current at 41  (12 ms)',
        '::endgroup::',
        '::group::start',
        '✗ web-10  reload nginx  (1.2 s)',
        '  web-10 │ nginx: [emerg] bind() failed',
        '  web-10 │ : :error::fooled',
        '::warning::web-1 is slow',
        '::endgroup::',
        '',
      ].join('\n'),
    )
  })

  test('makes ten annotations at most, and no warning is lost', () => {
    const log = github(log => {
      for (let at = 1; at <= 12; at += 1) log.warning(`number ${at}`)
    })
    expect(log.match(/^::warning::/gm)).toHaveLength(10)
    expect(log).toContain('\nwarning: number 12\n')
  })

  test('makes no annotation that the runner would cut', () => {
    const log = github(log => log.warning('long line\n'.repeat(2000)))
    expect(decodeURIComponent(log.trim().replace('::warning::', '')).length).toBeLessThanOrEqual(4096)
  })

  test('closes a group once', () => {
    const log = github(log => {
      log.close()
      log.phase('verify')
      log.close()
      log.close()
    })
    expect(log).toBe('::group::verify\n::endgroup::\n')
  })
})

describe('the log on a terminal', () => {
  test('says the same without commands for a runner', () => {
    expect(plain(rollback)).toBe(
      [
        '',
        'switch',
        '✓ web-1  point current at 41  (12 ms)',
        '',
        'start',
        '✗ web-10  reload nginx  (1.2 s)',
        '  web-10 │ nginx: [emerg] bind() failed',
        '  web-10 │ : :error::fooled',
        'warning: web-1 is slow',
        '',
      ].join('\n'),
    )
  })
})

describe('whatever a host or a person says', () => {
  const anything = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 60 }))
  const OURS = /^::(group|endgroup|warning)::/

  test('becomes no command of its own', () => {
    fc.assert(
      fc.property(anything, anything, (one, other) => {
        const log = github(log => {
          log.phase(one)
          log.step(one, 'started', other)
          log.line(other)
          log.output(one, [other, one])
          log.warning(other)
          log.close()
        })
        const lines = log.split('\n')
        const commands = lines.filter(line => line.trimStart().startsWith('::'))
        expect(commands).toHaveLength(3)
        for (const command of commands) expect(command).toMatch(OURS)
        for (const line of lines) expect(line).not.toMatch(/##\[|\p{Cc}/u)
      }),
      { numRuns: 300 },
    )
  })

  test('shows no secret, not even one that an escape sequence hides from the mask', () => {
    const spoken = [
      "tiger's-42",
      "tig\u001b[0mer's-42",
      "tig\u0000er's-42",
      Buffer.from("tiger's-42").toString('base64'),
    ]
    for (const text of spoken) {
      for (const tell of [plain, github]) {
        const log = tell(log => {
          log.phase(text)
          log.step(text, 'warned', text)
          log.line(text)
          log.output('web-1', [text])
          log.warning(text)
        })
        expect(log).not.toMatch(/tiger|dGlnZXInc/)
        expect(log.match(/\*\*\*/g)?.length).toBeGreaterThanOrEqual(6)
      }
    }
  })
})
