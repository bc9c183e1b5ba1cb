import { expect, test } from 'vitest'
import type { HostPlan, Step } from '../../../src/engine/plan.ts'
import type { CheckReport } from '../../../src/outcome.ts'
import { needsOperatorWords, stillFailingWords, unknownWords } from '../../../src/rollback/ending-words.ts'
import type { HostRun, HostState } from '../../../src/rollback/host-run.ts'
import { notPreparedWords } from '../../../src/rollback/not-prepared-words.ts'
import { checksFailedWords, goneBackWords, switchFailedWords } from '../../../src/rollback/words.ts'

const STATE: HostState = {
  phase: 'switched',
  outcome: undefined,
  verified: undefined,
  resumed: undefined,
  diagnosed: false,
  failed: undefined,
  strayed: undefined,
  fenced: false,
  refusedBy: undefined,
  lockedBy: undefined,
  lost: undefined,
  stuck: false,
}

const step = (title: string): Step => ({
  number: 3,
  kind: 'systemd',
  phase: 'start',
  title,
  data: {},
  timeout: 60,
  severity: 'fail',
  secrets: [],
  inner: false,
  position: { file: 'rollbook.yml', line: 1, column: 1 },
})

/** One host of a run from 43 to 42, as far as its journal has told. */
const runOn = (host: string, state: Partial<HostState>): HostRun => {
  const plan: Partial<HostPlan> = {
    host,
    run: '20261120T141058Z-3f9a2c',
    stateFolder: '/home/deploy/.rollbook/shop/production',
    silence: 30,
    steps: [],
  }
  return {
    plan: plan as HostPlan,
    from: '43',
    to: '42',
    direction: 'forward',
    state: { ...STATE, ...state },
  } as HostRun
}

const check = (title: string, more: Partial<CheckReport>): CheckReport => ({
  title,
  from: 'runner',
  status: 'failed',
  before: 'passed',
  attempts: 1,
  seconds: 0,
  detail: '',
  proof: 'weak',
  ...more,
})

test('a step that failed is named with its hosts, and how it failed on each', () => {
  const failed = (status: number) => ({ failed: { step: step('reload nginx'), action: 'do', status } })
  const words = switchFailedWords([
    runOn('web-1', failed(1)),
    runOn('web-2', failed(124)),
    runOn('web-3', {}),
  ])
  expect(words.code).toBe('RB-STEP-FAILED')
  expect(words.message).toBe('“reload nginx” failed on web-1 and web-2.')
  expect(words.table?.rows).toEqual([
    ['web-1', 'reload nginx', 'status 1'],
    ['web-2', 'reload nginx', 'out of time'],
  ])
})

test('a script of the author that ends with the status of a component is told as what it is', () => {
  const own = { failed: { step: step('warm the cache'), action: 'do', status: 20 } }
  expect(switchFailedWords([runOn('web-1', own)]).table?.rows).toEqual([
    ['web-1', 'warm the cache', 'status 20'],
  ])
})

test('a lock that was taken away, and a link that somebody moved, are said before a status', () => {
  const words = switchFailedWords([
    runOn('web-1', { fenced: true, failed: { step: step('x'), action: 'do', status: 1 } }),
    runOn('web-2', { strayed: step('switch /srv/app/current') }),
  ])
  expect(words.table?.rows).toEqual([
    ['web-1', 'any', 'the lock was taken away: nothing more was changed'],
    ['web-2', 'switch /srv/app/current', 'something else changed it meanwhile; it was left as it is'],
  ])
})

test('hosts that went back by themselves did not fail at a step', () => {
  const words = switchFailedWords([runOn('web-1', { outcome: 'undone' }), runOn('web-2', {})])
  expect(words).toMatchObject({ code: 'RB-WENT-BACK-ALONE', message: expect.stringMatching(/^web-1 heard/) })
})

test('checks: what each saw, how often it looked, and which failed before the switch too', () => {
  const words = checksFailedWords(
    [
      check('GET /healthz', { detail: '500, wanted 200', attempts: 5, seconds: 12 }),
      check('GET /queue', { detail: 'no answer', before: 'failed' }),
      check('GET /fine', { status: 'passed' }),
    ],
    [runOn('web-1', { verified: true }), runOn('web-2', { verified: false })],
  )
  expect(words.message).toBe(
    'Release 42 was switched on and did not pass GET /healthz – 500, wanted 200, 5 tries in 12 s; GET /queue – no answer; what web-2 itself looks at.',
  )
  expect(words.remedy).toEqual([
    expect.stringMatching(/^GET \/queue failed before the switch too, with the same answer.*severity: warn/),
  ])
})

test('what only looks has switched no release on', () => {
  const words = checksFailedWords(
    [check('GET /healthz', { detail: '500, wanted 200' })],
    [{ ...runOn('web-1', {}), from: '', to: '' }],
  )
  expect(words.message).toMatch(/^It did not pass GET \/healthz – 500, wanted 200/)
})

test('a check that failed before with another answer is no reason to take it less seriously', () => {
  const words = checksFailedWords(
    [
      check('GET /boot', {
        detail: '503, wanted 200 (before the switch: 500, wanted 200)',
        before: 'failed',
        beforeDetail: '500, wanted 200',
      }),
    ],
    [runOn('web-1', {})],
  )
  expect(words.message).toContain('GET /boot – 503, wanted 200 (before the switch: 500, wanted 200)')
  expect(words.remedy).toEqual([
    'GET /boot failed before the switch too, but with another answer: 43 has one fault and 42 another. Read both answers; another `target` may have neither.',
  ])
})

test('a sentence names three checks and counts the others', () => {
  const many = ['a', 'b', 'c', 'd', 'e'].map(title => check(title, {}))
  expect(checksFailedWords(many, [runOn('web-1', {})]).message).toBe(
    'Release 42 was switched on and did not pass a; b; c; and 2 more.',
  )
})

test('contact that was lost is said with what the host does by itself', () => {
  const first = { code: 'RB-X', message: 'It did not pass.', remedy: [] }
  const lost = runOn('web-2', { lost: 'broken pipe' })
  expect(unknownWords([runOn('web-1', {}), lost], first).message).toMatch(
    /^It did not pass\. Contact with web-2 was lost .* nothing for 30 seconds decides by itself\.$/,
  )
  expect(goneBackWords([lost]).table?.rows).toEqual([['web-2', 'broken pipe']])
})

test('only hosts that are stuck need the operator', () => {
  const stuck = [runOn('web-1', { outcome: 'undone' }), runOn('web-2', { outcome: 'needs-operator' })]
  expect(needsOperatorWords(stuck).message).toBe('web-2 could not be brought to a known state.')
})

test('back, and failing: the lock is kept, and how it is given back stands there', () => {
  const words = stillFailingWords([runOn('web-1', { phase: 'reverted' })], ['GET /healthz'], {
    code: 'RB-CHECKS-FAILED',
    message: 'Release 42 was switched on and did not pass GET /healthz.',
    remedy: [],
  })
  expect(words.message).toContain('web-1 is back on 43, and 43 does not pass any more')
  expect(words.message).toContain('The lock is kept')
  expect(words.remedy.join(' ')).toContain('`run-id: 20261120T141058Z-3f9a2c`')
})

test('not prepared: a lock that somebody else took, contact that was lost, and a step that is not ready', () => {
  const holder = 'v1:20261120T141050Z-aaaaaa:boot:12:34'
  expect(notPreparedWords([runOn('web-1', { lockedBy: { holder, alive: true } })])).toMatchObject({
    code: 'RB-LOCK-HELD',
    message: expect.stringContaining('20261120T141050Z-aaaaaa'),
  })
  expect(notPreparedWords([runOn('web-1', { phase: 'prepare', lost: 'reset' })]).code).toBe(
    'RB-CONTACT-LOST-BEFORE',
  )
  const lacks = { step: { ...step('switch'), phase: 'switch' as const }, action: 'ready', status: 20 }
  expect(notPreparedWords([runOn('web-1', { phase: 'prepare', failed: lacks })])).toMatchObject({
    code: 'RB-TARGET-LACKS',
    table: { rows: [['web-1', 'switch', 'lacks what the live one has']] },
  })
  expect(notPreparedWords([runOn('web-1', { refusedBy: 'damaged' })]).table?.rows).toEqual([
    ['web-1', 'damaged'],
  ])
})
