import { expect, test } from 'vitest'
import { decide } from '../../../src/rollback/decide.ts'
import { withForward } from '../../../src/rollback/forward.ts'
import { makePlan } from '../../../src/rollback/plan.ts'
import { folder } from '../release/fixture.ts'
import { factsOf, kindOf, runbookOf, settingOf } from './fixture.ts'

const RUN = { start: [{ run: 'php artisan config:cache' }] }
const FORWARD = { migrations: { laravel: { artisan: 'backend/artisan' }, forward: true }, ...RUN }

/** Titles of the steps of `start`, by host. */
const started = (phases: object, one = '40 41 42*', two = '40 41 42*', target = 'previous') => {
  const setting = settingOf(runbookOf({ ...phases }), { target })
  const facts = [factsOf('web-1', folder(one)), factsOf('web-2', folder(two))]
  const decision = decide(setting, facts, kindOf)
  const { hosts } = makePlan(withForward(setting, decision), decision, facts, kindOf)
  return hosts.map(({ steps }) => steps.filter(({ phase }) => phase === 'start'))
}
const titles = (steps: readonly { readonly title: string }[]) =>
  steps.map(({ title }) => title.split(' (')[0])

test('one step, in front of the others, on the first host that switches', () => {
  const [first = [], second = []] = started(FORWARD)
  expect(titles(first)).toEqual(['apply the migrations that the database lacks', 'php artisan config:cache'])
  expect(titles(second)).toEqual(['php artisan config:cache'])
  expect(first[0]).toMatchObject({
    kind: 'run',
    in: '/srv/app/current/backend',
    timeout: 1800,
    severity: 'fail',
  })
  expect(first[0]?.data.script).toMatch(/^php 'artisan' migrate --force --no-interaction$/m)
})

test('a host that is there already does not switch, and applies nothing', () => {
  const [first = [], second = []] = started(FORWARD, '40 41* 42', '40 41 42*', '41')
  expect(titles(first)).toEqual([])
  expect(titles(second)[0]).toBe('apply the migrations that the database lacks')
})

test('without forward there is no such step', () => {
  const [first = []] = started({ migrations: { laravel: {} }, ...RUN })
  expect(titles(first)).toEqual(['php artisan config:cache'])
})

test('it runs where the database of the rollback is backed up, if that host switches', () => {
  const setting = settingOf(runbookOf(FORWARD))
  const facts = ['web-1', 'web-2'].map(host => factsOf(host, folder('40 41 42*')))
  const [first] = setting.rollback.phases.start
  if (!first) throw new Error('nothing to start')
  const on = (host: string) => {
    const backup = [{ ...first, kind: 'database', on: host }]
    const phases = { ...setting.rollback.phases, backup }
    const near = { ...setting, rollback: { ...setting.rollback, phases } }
    return withForward(near, decide(near, facts, kindOf)).rollback.phases.start.map(item => item.on)
  }
  expect(on('web-2')).toEqual(['web-2', undefined])
  expect(on('db')).toEqual(['web-1', undefined])
})
