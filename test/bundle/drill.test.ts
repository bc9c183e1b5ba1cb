import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { type Folder, makeFolder } from '../support/folder.ts'
import { ACTION, makeProduction, type Production } from '../support/production.ts'
import { type ActionRun, runAction } from '../support/runner.ts'
import type { Described } from '../support/workspace.ts'
import { HASTY } from '../support/workspace.ts'
import { BREAKABLE, breaking } from './breaking.ts'
import { expectOutcome, headline, on, recordOf, seen, told } from './story.ts'

// A drill is many runs.
vi.setConfig({ testTimeout: 120_000 })

const production = (
  scenarios: (described: Described) => readonly object[] = described => [breaking(described)],
  machines: Readonly<Record<string, typeof BREAKABLE>> = { web: BREAKABLE },
  environment: object = { drills: true },
): Promise<Production> =>
  makeProduction({
    machines,
    runbook: described => ({
      environment: { ...environment },
      rollback: { rto: '2m' },
      top: { drills: { monthly: scenarios(described) } },
    }),
  })

const drill = (
  made: Production,
  job: Parameters<Production['run']>[1] = {},
  inputs = {},
): Promise<ActionRun> => made.run({ operation: 'drill', ...inputs }, job)

/** No host has anything of a drill but what it remembers of it. */
const expectAsBefore = async ({ machines }: Production): Promise<void> => {
  expect(await seen(machines)).toEqual(on(machines, '3'))
  for (const machine of machines) {
    expect(await machine.locked()).toBe(false)
    const names = Object.keys(await machine.state()).map(name => name.split('/').at(-1))
    expect(names).not.toContain('drill')
    expect(names).not.toContain('ledger.jsonl')
  }
}

describe('a drill', () => {
  test('green, with a report, results in the format of JUnit, and everything as it was', async () => {
    await using made = await production()
    const run = await drill(made)
    expectOutcome(run, 'drilled')
    expect(headline(run)).toContain('passed its drill, and is as it was before')
    expect(run.outputs['rto-met']).toBe('true')
    expect(run.main.summary).toContain('| release | 2 min |')
    expect(run.outputFiles.report).toContain('# Drill report: shop · production')
    expect(run.outputFiles.report).toContain('This is the first drill that the hosts remember')
    expect(run.outputFiles.junit).toContain('<testsuites name="drill monthly of shop in production"')
    expect(run.outputFiles.junit).toContain('failures="0"')
    expect(recordOf(run).drill?.scenarios).toMatchObject([
      { result: 'passed', from: '4', to: '2', back: true },
    ])
    await expectAsBefore(made)

    const again = await drill(made)
    expectOutcome(again, 'drilled')
    expect(again.main.summary).toContain('xychart-beta')
  })

  test('over two hosts, each of which is broken and brought back', async () => {
    await using made = await production(described => [breaking(described), { rollback: 'release' }], {
      'web-1': BREAKABLE,
      'web-2': BREAKABLE,
    })
    const run = await drill(made)
    expectOutcome(run, 'drilled')
    await expectAsBefore(made)
  })

  test('`broken` that sees a fault before there is one proves nothing, and nothing is broken', async () => {
    await using made = await production(described => [
      {
        ...breaking(described),
        broken: { http: `${described.urls[0]}/healthz`, expect: { status: 200 }, ...HASTY },
      },
    ])
    const run = await drill(made)
    expectOutcome(run, 'refused')
    expect(run.main.summary).toContain('sees its fault before anything was broken')
    expect(recordOf(run).drill?.scenarios).toMatchObject([
      { result: 'failed', stages: [{ stage: 'healthy' }] },
    ])
    await expectAsBefore(made)
  })

  test('a break after which the host does not answer any more: not known, and said so', async () => {
    await using made = await production()
    const [web] = made.machines
    web.site.onHealth('4', async () => web.ssh.leave())
    const run = await drill(made)
    expect(run.outputs.outcome, run.log.join('\n')).toBe('unknown')
    expect(headline(run)).toContain('is not confirmed')
    expect(run.main.summary).toContain('ln -sfn releases/4 current')

    web.ssh.comeBack()
    const status = await made.run({ operation: 'status' })
    expect(headline(status)).toContain('may still be broken by a drill')
    expect(status.summary).toContain('target: 3')
  }, 300_000)

  test('cancelled while something is broken: it is brought back before the runner loses patience, or after', async () => {
    await using made = await production()
    const run = await drill(made, {
      until: line => (line.includes('rollback · Look') ? 'SIGINT' : undefined),
    })
    expect(run.sent).toEqual(['SIGINT'])
    expect(['restored', 'unknown']).toContain(run.outputs.outcome)
    await expectAsBefore(made)
  })
})

describe('what is refused before any host is called', () => {
  test.each([
    ['an environment that does not allow it', {}, {}, 'does not say drills: true'],
    ['an environment with a phrase', { drills: true, confirm: 'shop' }, {}, 'a phrase to confirm'],
    ['a drill that is not there', { drills: true }, { drill: 'montly' }, 'Did you mean \\"monthly\\"?'],
  ])('%s', async (_, environment, inputs, words) => {
    await using made = await production(undefined, undefined, environment)
    const run = await drill(made, {}, inputs)
    expect(run.outputs.outcome).toBe('refused')
    expect(told(run)).toContain(words.replaceAll('\\', ''))
    expect(made.machines[0].ssh.counts.connections).toBe(0)
  })
})

/** The action without its post step: the machine of the runner itself has died. */
const withoutPost = async (): Promise<Folder> => {
  const folder = await makeFolder('no-post')
  const manifest = await readFile(join(ACTION, 'action.yml'), 'utf8')
  await writeFile(join(folder.path, 'action.yml'), manifest.replace(/^ +post(-if)?:.*\n/gm, ''))
  await symlink(join(ACTION, 'dist'), join(folder.path, 'dist'))
  return folder
}

describe('the process of the drill is killed', () => {
  test('and no post step comes: whoever looks next is told what may be broken, and what to do', async () => {
    await using made = await production()
    await using action = await withoutPost()
    const died = await runAction({
      action: action.path,
      cwd: made.workspace,
      secrets: [made.key.private],
      inputs: { ...made.inputs, operation: 'drill' },
      until: line => (line.includes('rollback · Look') ? 'SIGKILL' : undefined),
    })
    expect(died).toMatchObject({ sent: ['SIGKILL'], post: undefined })
    expect(await seen(made.machines)).toEqual(on(made.machines, '4'))

    const status = await made.run({ operation: 'status' })
    expect(headline(status)).toContain('may still be broken by a drill')
    expect(status.summary).toContain('in scenario 1 (release) at the stage')
    const refused = await drill(made)
    expectOutcome(refused, 'refused')
    expect(refused.summary).toContain('RB-DRILL-BROKEN-OFF')
    expectOutcome(await made.run({ operation: 'guard' }), 'refused')

    // What it says to do is what helps.
    const back = await made.run({ operation: 'rollback', rollback: 'release', target: '3' })
    expectOutcome(back, 'rolled-back')
    expect(back.summary).toContain('was broken off')
    const run = recordOf(status).status?.[0]?.drill?.run ?? ''
    expectOutcome(await made.run({ operation: 'unlock', 'run-id': run }), 'unlocked')
    expectOutcome(await drill(made), 'drilled')
  }, 300_000)

  const STAGES = [
    'healthy? · Verify',
    'break · Prepare',
    'break · Switch',
    'break · Verify',
    'rollback · Look',
    'rollback · Prepare',
    'rollback · Switch',
    'rollback · Verify',
    'rollback · Commit',
    'back · Look',
    'back · Switch',
    'back · Verify',
  ]

  test.each(STAGES)('at "%s": the post step brings everything back', async stage => {
    await using made = await production()
    const run = await drill(made, { until: line => (line.includes(stage) ? 'SIGKILL' : undefined) })
    expect(run.sent, run.log.join('\n')).toEqual(['SIGKILL'])
    expect(run.post?.exitCode, run.log.join('\n')).toBe(0)
    expect(run.post?.summary).toContain('is as it was: the drill was cut off')
    await expectAsBefore(made)
  })
})
