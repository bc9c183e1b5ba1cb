import { resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ActionRun, type Job, runAction } from '../support/runner.ts'
import { APP_PATH, BAD_DEPLOY, layApplication } from './app.ts'
import { type Fleet, startHosts } from './hosts/hosts.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** Nothing answers there, so that a run stays in Verify until it gives up. */
const DEAD = 'http://127.0.0.1:9/healthz'
let fleet: Fleet<['web']>

beforeAll(async () => {
  fleet = await startHosts(['web'])
})
afterAll(() => fleet?.[Symbol.asyncDispose]())
beforeEach(async () => {
  await fleet[0].run('rm -rf /home/deploy/.rollbook')
  await layApplication(fleet[0], { ...BAD_DEPLOY, broken: [] })
})

const run = (inputs: Record<string, string> = {}, job: Partial<Job> = {}): Promise<ActionRun> =>
  runAction({
    action: ROOT,
    secrets: [fleet[0].privateKey],
    ...job,
    inputs: {
      app: 'shop',
      hosts: `web=deploy@127.0.0.1:${fleet[0].sshPort}`,
      path: APP_PATH,
      smoke: `http://127.0.0.1:${fleet[0].httpPort}/healthz`,
      'ssh-private-key': fleet[0].privateKey,
      'known-hosts': fleet[0].knownHosts,
      ...inputs,
    },
  })

const outcome = async (inputs?: Record<string, string>, job?: Partial<Job>): Promise<string> => {
  const { outputs, exitCode, log } = await run(inputs, job)
  const red = ['refused', 'restored', 'needs-operator', 'unknown']
  expect(exitCode, log.join('\n')).toBe(red.includes(outputs.outcome ?? '') ? 1 : 0)
  return outputs.outcome ?? ''
}

const live = async (): Promise<string> => (await fleet[0].run(`readlink ${APP_PATH}/current`)).stdout.trim()

/** Does something to the host once the run looks whether the target serves. */
const inVerify = (act: () => Promise<unknown>) => {
  let acting: Promise<unknown> | undefined
  return {
    onLine(line: string) {
      if (line.includes('Verify')) acting ??= act()
    },
    done: async () => {
      await acting
    },
  }
}

describe('every outcome, against a real OpenSSH on Debian', () => {
  test('planned, reported, clear, recorded and unchanged leave the release where it was', async () => {
    expect(await outcome({ operation: 'plan' })).toBe('planned')
    expect(await outcome({ operation: 'status' })).toBe('reported')
    expect(await outcome({ operation: 'guard' })).toBe('clear')
    expect(await outcome({ operation: 'record', state: 'good' })).toBe('recorded')
    expect(await outcome({ target: 'last-good' })).toBe('unchanged')
    expect(await live()).toBe('releases/3')
  })

  test('rolled-back, then held, then undone', async () => {
    expect(await outcome()).toBe('rolled-back')
    expect(await live()).toBe('releases/2')
    expect(await outcome({ operation: 'guard', target: '3' })).toBe('refused')
    expect(await outcome({ operation: 'guard', target: '4' })).toBe('clear')
    expect(await outcome({ operation: 'undo' })).toBe('undone')
    expect(await live()).toBe('releases/3')
  })

  test('restored: the target does not answer', async () => {
    expect(await outcome({ smoke: DEAD })).toBe('restored')
    expect(await live()).toBe('releases/3')
  })

  test('needs-operator keeps its lock, until a person unlocks it by name', async () => {
    const gone = inVerify(() => fleet[0].run(`mv ${APP_PATH}/releases/3 ${APP_PATH}/three`))
    const went = await run({ smoke: DEAD }, { onLine: gone.onLine })
    await gone.done()
    expect(went.outputs.outcome, went.log.join('\n')).toBe('needs-operator')
    expect(await live()).toBe('releases/2')
    await fleet[0].run(`mv ${APP_PATH}/three ${APP_PATH}/releases/3`)
    expect(await outcome({ target: '1' })).toBe('refused')
    expect(await outcome({ operation: 'unlock', 'run-id': went.outputs['run-id'] ?? '' })).toBe('unlocked')
    expect(await outcome({ target: '1' })).toBe('rolled-back')
  })

  test('unknown: the power fails after the switch; the next run puts it in order', async () => {
    const power = inVerify(() => fleet[0].kill())
    expect(await outcome({ smoke: DEAD }, { onLine: power.onLine })).toBe('unknown')
    await power.done()
    await fleet[0].start()
    expect(await outcome({ target: '1' })).toBe('rolled-back')
    expect(await live()).toBe('releases/1')
  })
})
