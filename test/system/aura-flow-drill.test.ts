import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Chat, startChat } from '../support/chat.ts'
import type { ActionRun } from '../support/runner.ts'
import type { Facts } from './aura-flow/facts.ts'
import { CONFIGURATION, type Production, startProduction } from './aura-flow/production.ts'
import { reportPage } from './aura-flow/report-page.ts'
import { type Asked, type Run, recordOf, runOn, told } from './aura-flow/runs.ts'
import { must } from './laravel/must.ts'

// The monthly drill of examples/runbooks/aura-flow.yml, on the systems that it breaks; then drills that go wrong there.

const REPORT = resolve(import.meta.dirname, '../../docs/drill-report.md')

let production: Production
let chat: Chat
let run: Run

beforeAll(async () => {
  chat = await startChat('aura-hook-4711')
  production = await startProduction()
  run = runOn(production, chat)
})
afterAll(async () => {
  await production?.[Symbol.asyncDispose]()
  await chat?.[Symbol.asyncDispose]()
})
beforeEach(() => production.reset())

/** Scenarios of the monthly drill by themselves, and some that go wrong. */
const MORE = `
  nginx:
    - rollback: nginx
      break: |
        cp /etc/nginx/conf.d/aura.conf /etc/nginx/conf.d/aura.conf.backup
        echo 'return 503;' >> /etc/nginx/conf.d/aura.conf
        sudo -n nginx -s reload
      broken: { http: /healthz, expect: { failing: true } }
  image:
    - rollback: image
      target: v1.0.0
  upstream:
    - rollback: upstream
      target: api_v1
      break: ./deploy/switch_upstream.sh --target api_v2
      in: /opt/aura-flow
  patient:
    - rollback: upstream
      target: api_v1
      break: until [ -e go ]; do sleep 0.1; done; ./deploy/switch_upstream.sh --target api_v2
      in: /opt/aura-flow
      timeout: 2m
  harmless:
    - rollback: nginx
      break: |
        cp /etc/nginx/conf.d/aura.conf /etc/nginx/conf.d/aura.conf.backup
        echo '# nothing that anybody would notice' >> /etc/nginx/conf.d/aura.conf
        sudo -n nginx -s reload
      broken: { http: /healthz, expect: { failing: true }, attempts: 2, every: 1s }
    - rollback: upstream
      target: api_v2
  half:
    - rollback: nginx
      break: |
        cp /etc/nginx/conf.d/aura.conf /etc/nginx/conf.d/aura.conf.backup
        echo 'return 503;' >> /etc/nginx/conf.d/aura.conf
        echo 'and now the reload' && exit 3
      broken: { http: /healthz, expect: { failing: true } }
  deaf:
    - rollback: nginx
      break: |
        cp /etc/nginx/conf.d/aura.conf /etc/nginx/conf.d/aura.conf.backup
        echo 'return 503;' >> /etc/nginx/conf.d/aura.conf
        sudo -n nginx -s reload
        sudo -n systemctl stop ssh
      broken: { http: /healthz, expect: { failing: true } }
    - rollback: upstream
      target: api_v2
`
/** How fast the machine is matters to the monthly drill, which has the runbook as it stands, and to none of the others. */
const LIGHT = {
  drills: MORE,
  changes: {
    'requests: 1000': 'requests: 50',
    'mean: 200ms': 'mean: 10s',
    '"$ROLLBOOK_URL"': '"$ROLLBOOK_URL"\n      timeout: 1m',
  },
}

const drill = (name: string, asked: Asked = LIGHT): Promise<ActionRun> =>
  run({ operation: 'drill', drill: name, reason: 'Monthly drill' }, asked)
const light = (inputs: Readonly<Record<string, string>>, asked: Asked = {}) =>
  run(inputs, { ...LIGHT, ...asked })
const expectOutcome = (went: ActionRun, outcome: string): void =>
  expect(went.outputs.outcome, told(went)).toBe(outcome)
const drillOf = (went: ActionRun) => recordOf(went).drill

/** Marks and locks: whoever finds one knows that something is not over. */
const leftBehind = async (): Promise<string> =>
  (await production.run('find ~/.rollbook -name drill -o -name lock')).trim()

const expectAsBefore = async (before: Facts): Promise<void> => {
  await expect.poll(production.facts, { timeout: 10_000 }).toEqual(before)
  expect(await leftBehind()).toBe('')
}

describe('the monthly drill', { timeout: 600_000 }, () => {
  test('four scenarios, each measured, all as it was before; and the next one knows how this one went', async () => {
    const before = await production.facts()
    const first = await drill('monthly', {})
    expectOutcome(first, 'drilled')
    // Its looks lead to no release, and none is named.
    expect(first.log.filter(line => / on ;|Release {2}/.test(line))).toEqual([])
    expect(first.outputs['rto-met']).toBe('true')
    await expectAsBefore(before)

    const scenarios = drillOf(first)?.scenarios
    expect(scenarios).toMatchObject([
      {
        rollback: 'image',
        result: 'passed',
        from: 'v1.1.0',
        to: 'v1.0.0',
        broughtBackBy: ['undo'],
        rto: 300,
      },
      { rollback: 'nginx', result: 'passed', broughtBackBy: [], rto: 120 },
      { rollback: 'upstream', result: 'passed', from: 'api_v2', to: 'api_v1', broughtBackBy: [], rto: 60 },
      { rollback: 'database', result: 'passed', broughtBackBy: ['undo'], rto: 600 },
    ])
    for (const { back, rtoMet, decide, restore, took, rto = 0 } of scenarios ?? []) {
      expect([back, rtoMet]).toEqual([true, true])
      expect((decide ?? 0) + (restore ?? 0)).toBeCloseTo(took ?? -1, 2)
      expect(took).toBeLessThan(rto / 2)
    }
    expect(scenarios?.[1]?.detect).toBeGreaterThan(0)
    expect(scenarios?.[3]?.recovery).toMatchObject([
      { name: 'main', rows: [{ table: 'public.flows', backup: 1000, live: 1000 }] },
    ])
    expect(first.outputFiles.junit).toMatch(/<testsuites [^>]*failures="0" errors="0"/)
    for (const name of ['1 image', '2 nginx', '3 upstream', '4 database'])
      expect(first.outputFiles.junit).toContain(`<testsuite name="${name}"`)
    expect(first.outputFiles.report).toContain('This is the first drill that the hosts remember')

    const again = await drill('monthly', {})
    expectOutcome(again, 'drilled')
    await expectAsBefore(before)
    expect(drillOf(again)?.past).toMatchObject([{ run: recordOf(first).run, outcome: 'drilled' }])
    expect(again.summary).toContain('xychart-beta')
    const { report = '' } = again.outputFiles
    for (const words of [
      '| nginx | 2 min |',
      'x-axis',
      'measured RPO',
      '`public.flows`',
      'fast enough: 4 loads',
    ])
      expect(report).toContain(words)
    if (process.env.ROLLBOOK_WRITE_REPORT) await writeFile(REPORT, reportPage(report, production))
    // Nobody waits for a drill to be over: a chat is told of one that did not go well.
    expect(chat.heard).toEqual([])
  })
})

describe('the runner of a drill is killed', { timeout: 300_000 }, () => {
  const STAGES = [
    ['nginx', 'before anything is broken', 'healthy? · Verify'],
    ['nginx', 'while it is broken', 'break · Switch'],
    ['nginx', 'between break and rollback', 'rollback · Look'],
    ['nginx', 'in the rollback', 'rollback · Switch'],
    ['nginx', 'in the last look', 'back · Verify'],
    ['image', 'in the rollback', 'rollback · Switch'],
    ['image', 'while the rollback is verified', 'rollback · Verify'],
    ['image', 'while all is brought back', 'back · Switch'],
    ['image', 'in the last look', 'back · Verify'],
  ] as const

  test.each(STAGES)('%s, %s: the post step brings everything back', async (name, _, stage) => {
    const before = await production.facts()
    const went = await drill(name, {
      ...LIGHT,
      until: line => (line.includes(`${name}: ${stage}`) ? 'SIGKILL' : undefined),
    })
    expect(went.sent, told(went)).toEqual(['SIGKILL'])
    expect(went.post?.exitCode, told(went)).toBe(0)
    expect(went.post?.summary).toContain('is as it was: the drill was cut off')
    await expectAsBefore(before)
  })

  test('with its machine, while the site is down: the next run is told what is broken, and repairs it', async () => {
    const before = await production.facts()
    const died = await drill('nginx', {
      ...LIGHT,
      runnerDies: true,
      until: line => (line.includes('nginx: rollback · Look') ? 'SIGKILL' : undefined),
    })
    expect(died).toMatchObject({ sent: ['SIGKILL'], post: undefined })
    expect((await production.answers()).health).toBe(503)
    const status = await light({ operation: 'status', rollback: 'nginx' })
    expect(status.summary).toContain('in scenario 1 (nginx) at the stage')
    expect(status.summary).toContain('`rollback: nginx` is made to repair it')
    const refused = await drill('nginx')
    expectOutcome(refused, 'refused')
    expect(told(refused)).toContain('RB-DRILL-BROKEN-OFF')

    const repaired = await light({ rollback: 'nginx' })
    expectOutcome(repaired, 'rolled-back')
    const lost = recordOf(status).status?.[0]?.drill?.run ?? ''
    expectOutcome(await light({ operation: 'unlock', 'run-id': lost }), 'unlocked')
    await expectAsBefore(before)
    expectOutcome(await drill('nginx'), 'drilled')
  })
})

describe('nobody comes after a runner that died', { timeout: 300_000 }, () => {
  test('in a rollback of images: the host ends it alone, and the next run goes back to what was live by its name', async () => {
    const before = await production.facts()
    const died = await drill('image', {
      ...LIGHT,
      runnerDies: true,
      until: line => (line.includes('image: rollback · Verify') ? 'SIGKILL' : undefined),
    })
    expect(died).toMatchObject({ sent: ['SIGKILL'], post: undefined })
    const locked = async () => (await production.run('find ~/.rollbook -name lock')).trim()
    await expect.poll(locked, { timeout: 120_000, interval: 1000 }).toBe('')
    // It serves and passes the checks that the host can make itself, so that it stays.
    expect((await production.answers()).version).toBe('v1.0.0')

    const status = await light({ operation: 'status', rollback: 'image' })
    expect(status.summary).toContain('its rollback may be half way')
    expect(status.summary).toContain('`target: v1.1.0`')
    expectOutcome(await light({ rollback: 'image', target: 'v1.1.0' }), 'rolled-back')
    const lost = recordOf(status).status?.[0]?.drill?.run ?? ''
    expectOutcome(await light({ operation: 'unlock', 'run-id': lost }), 'unlocked')
    await expectAsBefore(before)
  })
})

describe('a drill that does not go as it was meant to', { timeout: 300_000 }, () => {
  test('break breaks nothing: that is said, taken back, and the next scenario is tried', async () => {
    const before = await production.facts()
    const went = await drill('harmless')
    expectOutcome(went, 'restored')
    expect(went.outputs['rto-met']).toBe('true')
    expect(drillOf(went)?.scenarios).toMatchObject([
      { result: 'failed', back: true, problem: { code: 'RB-DRILL-NOT-BROKEN' } },
      { result: 'passed', to: 'api_v2', broughtBackBy: ['undo'] },
    ])
    expect(went.outputFiles.junit).toContain('failures="1"')
    await expectAsBefore(before)
    expect(chat.heard.at(-1)).toMatchObject({ notice: 'failed', outcome: 'restored' })
  })

  test('break fails half way: what it had done by then is taken back', async () => {
    const before = await production.facts()
    const went = await drill('half')
    expectOutcome(went, 'restored')
    expect(drillOf(went)?.scenarios).toMatchObject([
      {
        result: 'failed',
        back: true,
        broughtBackBy: ['rollback'],
        problem: { code: 'RB-DRILL-BREAK-FAILED' },
      },
    ])
    await expectAsBefore(before)
  })

  test('it does not serve before: nothing is broken', async () => {
    await production.run(`sed -i 's,cgi-bin/status,cgi-bin/gone,' ${CONFIGURATION}; sudo -n nginx -s reload`)
    await expect.poll(production.answers).toMatchObject({ health: 200, status: 404 })
    const before = await production.facts()
    const went = await drill('nginx')
    expectOutcome(went, 'refused')
    expect(told(went)).toContain('RB-DRILL-UNHEALTHY')
    await expectAsBefore(before)
    expect(await production.run(`ls ${CONFIGURATION}*`)).toBe(`${CONFIGURATION}\n`)
  })

  test('break takes the host away: not known, with what to look at; and once it answers, the way back', async () => {
    const before = await production.facts()
    const went = await drill('deaf').finally(() => must(production.host, 'systemctl start ssh'))
    expectOutcome(went, 'unknown')
    expect(drillOf(went)?.scenarios).toMatchObject([
      { result: 'failed', back: false, problem: { code: 'RB-DRILL-OUT-OF-REACH' } },
      { result: 'not-run' },
    ])
    expect(went.summary).toContain('on its console')
    expect(went.summary).toContain(CONFIGURATION)
    expect((await production.answers()).health).toBe(503)

    const repaired = await light({ rollback: 'nginx' })
    expectOutcome(repaired, 'rolled-back')
    expectOutcome(await light({ operation: 'unlock', 'run-id': recordOf(went).run }), 'unlocked')
    await expectAsBefore(before)
  })

  /** Runs each of them while something waits for the file `go`, and then lets that go on. */
  const meanwhile = async (...runs: readonly (() => Promise<ActionRun>)[]): Promise<readonly ActionRun[]> => {
    const went = await Promise.all(runs.map(each => each()))
    await production.run('touch go')
    return went
  }

  test('while it is at work, a second drill and a rollback are refused, and it does not stumble', async () => {
    const before = await production.facts()
    let others: Promise<readonly ActionRun[]> | undefined
    const went = await drill('patient', {
      ...LIGHT,
      onLine: line => {
        if (line.includes('upstream: break · Switch'))
          others ??= meanwhile(
            () => drill('nginx'),
            () => light({ rollback: 'upstream' }),
          )
      },
    })
    expectOutcome(went, 'drilled')
    const refused = (await others) ?? []
    expect(refused.map(each => each.outputs.outcome)).toEqual(['refused', 'refused'])
    for (const each of refused) expect(told(each)).toMatch(/RB-DRILL-AT-WORK|RB-LOCK-HELD/)
    await expectAsBefore(before)
  })

  test('while a rollback is at work, a drill is refused, and the rollback does not stumble', async () => {
    const before = await production.facts()
    const waits = `stop: [{ run: 'until [ -e go ]; do sleep 0.1; done', in: /opt/aura-flow, timeout: 2m }]`
    let others: Promise<readonly ActionRun[]> | undefined
    const went = await light(
      { rollback: 'image', target: 'v1.0.0' },
      {
        changes: { ...LIGHT.changes, 'rto: 5m': `rto: 5m\n    ${waits}` },
        onLine: line => {
          if (line.includes('locked for this run')) others ??= meanwhile(() => drill('nginx'))
        },
      },
    )
    expectOutcome(went, 'rolled-back')
    const [refused] = (await others) ?? []
    expect(refused?.outputs.outcome).toBe('refused')
    expect(refused && told(refused)).toContain('RB-LOCK-HELD')
    expectOutcome(await light({ operation: 'undo', rollback: 'image' }), 'undone')
    await expectAsBefore(before)
  })
})
