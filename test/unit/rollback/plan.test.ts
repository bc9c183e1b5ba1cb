import { describe, expect, test } from 'vitest'
import { PHASES } from '../../../src/kind/item.ts'
import { decide } from '../../../src/rollback/decide.ts'
import { makePlan, type Plan } from '../../../src/rollback/plan.ts'
import type { Setting } from '../../../src/rollback/setting.ts'
import { folder } from '../release/fixture.ts'
import { factsOf, kindOf, runbookOf, settingOf } from './fixture.ts'

const planned = (setting: Setting, one = '41 42*', two = one): Plan => {
  const facts = [factsOf('web-1', folder(one)), factsOf('web-2', folder(two))]
  return makePlan(setting, decide(setting, facts, kindOf), facts, kindOf)
}
const stepsOf = ({ hosts }: Plan, name: string) => hosts.find(({ host }) => host === name)?.steps ?? []
const titles = (plan: Plan, name: string) => stepsOf(plan, name).map(({ title }) => title)

describe('steps', () => {
  const everything = {
    diagnose: [{ tail: '/var/log/app.log' }],
    resume: [{ run: 'echo resume' }],
    verify: [{ run: 'echo verify' }],
    start: [{ run: 'echo start', on: 'web-2' }, { nginx: 'reload' }],
    stop: [{ run: 'echo stop' }],
    backup: [{ files: ['/etc/app.conf'] }],
  }

  test('go in the order of the phases, whatever the order in the file', () => {
    const phases = stepsOf(planned(settingOf(runbookOf(everything))), 'web-2').map(({ phase }) => phase)
    expect(phases).toEqual([...phases].sort((a, b) => PHASES.indexOf(a) - PHASES.indexOf(b)))
    expect(new Set(phases).size).toBe(PHASES.length)
  })

  test('have the same number on every host, whoever else has some in between', () => {
    const plan = planned(settingOf(runbookOf(everything)))
    const [one, two] = ['web-1', 'web-2'].map(
      name => new Map(stepsOf(plan, name).map(step => [step.title, step.number])),
    )
    expect(two?.has('echo start')).toBe(true)
    expect(one?.has('echo start')).toBe(false)
    for (const [title, number] of one ?? []) expect(two?.get(title)).toBe(number)
  })

  test('that one item becomes are counted on, alternatives among them', () => {
    const plan = planned(
      settingOf(
        runbookOf({
          start: [{ systemd: { reload: ['php-fpm', 'nginx'] } }],
          verify: [{ any: [{ run: 'one' }, { run: 'two' }], as: 'either' }],
        }),
      ),
    )
    const steps = stepsOf(plan, 'web-1')
    expect(new Set(steps.map(({ number }) => number)).size).toBe(steps.length)
    const either = steps.find(({ title }) => title === 'either')
    const inner = steps.filter(step => step.inner)
    expect(inner.map(({ title }) => title)).toEqual(['one', 'two'])
    expect(either?.data.of).toBe(inner.map(({ number }) => number).join(' '))
  })

  test('take the time that their phase allows, or the one that the runbook says', () => {
    const plan = planned(settingOf(runbookOf({ ...everything, start: [{ run: 'slow', timeout: '5m' }] })))
    const timeouts = Object.fromEntries(stepsOf(plan, 'web-1').map(({ phase, timeout }) => [phase, timeout]))
    expect(timeouts).toMatchObject({ backup: 1800, switch: 60, start: 300, verify: 10, diagnose: 20 })
  })

  test('take the time of their kind where it knows better than the phase', () => {
    const compose = (words: object) => ({ compose: { path: '/srv/shop', ...words } })
    const start = [compose({ start: ['web'] }), compose({ build: ['api'] })]
    const timeouts = (items: readonly object[]) =>
      stepsOf(planned(settingOf(runbookOf({ start: items }))), 'web-1').flatMap(({ phase, timeout }) =>
        phase === 'start' ? [timeout] : [],
      )
    expect(timeouts(start)).toEqual([180, 900])
    expect(timeouts(start.map(item => ({ ...item, timeout: '30m' })))).toEqual([1800, 1800])
  })

  test('carry what their item says: title, folder, severity and the names of secrets', () => {
    const plan = planned(
      settingOf(
        runbookOf({ start: [{ run: 'x', as: 'warm up', in: '/srv', severity: 'warn', env: ['TOKEN'] }] }),
      ),
    )
    expect(stepsOf(plan, 'web-1').find(({ phase }) => phase === 'start')).toMatchObject({
      title: 'warm up',
      in: '/srv',
      severity: 'warn',
      secrets: ['TOKEN'],
      data: { script: 'x' },
    })
  })

  test('on a host that is there already: it is looked at, and nothing is touched', () => {
    const setting = settingOf(runbookOf(everything), { target: '41' })
    const plan = planned(setting, '41* 42', '41 42*')
    expect(titles(plan, 'web-1')).toEqual(['echo verify', 'last 100 lines of /var/log/app.log'])
    expect(plan.hosts[0]?.ledger).toEqual({ committed: [], kept: [], undone: [] })
    expect(stepsOf(plan, 'web-2').length).toBeGreaterThan(5)
  })
})

describe('checks', () => {
  const look = (from?: string) => ({ http: '/healthz', ...(from && { from }) })

  test('from the runner are no steps; from a host they are', () => {
    const plan = planned(settingOf(runbookOf({ verify: [look(), look('host'), look('web-2')] })))
    expect(plan.checks.map(({ title }) => title)).toEqual(['GET /healthz'])
    expect(titles(plan, 'web-1').filter(title => title.startsWith('GET'))).toHaveLength(1)
    expect(titles(plan, 'web-2').filter(title => title.startsWith('GET'))).toHaveLength(2)
  })

  test('from a host, wanted values are filled in before they are sent', () => {
    const verify = [{ http: '/v', from: 'host', expect: { json: { release: '$ROLLBOOK_TO' } } }]
    const plan = planned(settingOf(runbookOf({ verify })))
    expect(stepsOf(plan, 'web-1').find(({ phase }) => phase === 'verify')?.data).toMatchObject({
      url: 'https://shop.example.com/v',
      needles: '"release":"41"',
    })
  })
})

describe('what a host is told beside its steps', () => {
  test('who, where, why, and what to do without us', () => {
    const setting = settingOf(runbookOf({}), { reason: 'it is slow' })
    expect(planned(setting).hosts[0]).toMatchObject({
      host: 'web-1',
      run: setting.run,
      app: 'shop',
      environment: 'production',
      rollback: 'release',
      from: '42',
      to: '41',
      reason: 'it is slow',
      hosts: 2,
      onLostContact: 'decide',
      silence: 30,
    })
  })

  test.each(['keep', 'undo'] as const)('on-lost-contact: %s', word => {
    const runbook = runbookOf({}, undefined, { 'on-lost-contact': word })
    expect(planned(settingOf(runbook)).hosts.map(host => host.onLostContact)).toEqual([word, word])
  })

  const ledgerOf = (setting: Setting) =>
    planned(setting, '41@c0ffee1 42@badf00d*').hosts[0]?.ledger.committed.map(line =>
      JSON.parse(`{${line}`),
    ) ?? []

  test('the ledger gets what was left and why, and a hold on its commit', () => {
    const setting = settingOf(runbookOf({}), { reason: 'it is slow' })
    const common = { run: setting.run, by: 'mei', reason: 'it is slow', rollback: 'release' }
    expect(ledgerOf(setting)).toEqual([
      { event: 'rolled-back', release: '41', from: '42', commit: 'c0ffee1', ...common },
      { event: 'bad', release: '42', commit: 'badf00d', ...common },
      { event: 'hold', release: '42', commit: 'badf00d', ...common },
    ])
  })

  test.each([
    ['all', '*'],
    ['none', undefined],
  ] as const)('hold: %s', (hold, release) => {
    const setting = settingOf(runbookOf({}))
    const entries = ledgerOf({ ...setting, rollback: { ...setting.rollback, hold } })
    expect(entries.find(({ event }) => event === 'hold')?.release).toBe(release)
    expect(entries.find(({ event }) => event === 'bad')?.release).toBe('42')
  })
})
