import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeFolder } from '../support/folder.ts'
import { type ActionRun, type Job, runAction } from '../support/runner.ts'
import { APP_PATH, BAD_DEPLOY, layApplication } from './app.ts'
import { type Fleet, startHosts } from './hosts/hosts.ts'
import { startLoad } from './load.ts'

const ROOT = resolve(import.meta.dirname, '../..')
let fleet: Fleet<['web-1', 'web-2']>

beforeAll(async () => {
  fleet = await startHosts(['web-1', 'web-2'])
})
afterAll(() => fleet?.[Symbol.asyncDispose]())

beforeEach(async () => {
  for (const host of fleet) {
    await host.run('rm -rf /home/deploy/.rollbook')
    await layApplication(host, BAD_DEPLOY)
  }
})

const inputs = () => ({
  app: 'shop',
  hosts: fleet.map(host => `${host.name}=deploy@127.0.0.1:${host.sshPort}`).join('\n'),
  path: APP_PATH,
  reload: 'nginx\ndemo-app',
  smoke: fleet.map(host => `http://127.0.0.1:${host.httpPort}/healthz`).join('\n'),
  'ssh-private-key': fleet[0].privateKey,
  'known-hosts': fleet.map(host => host.knownHosts).join('\n'),
  reason: 'checkout answers 500 since 14:02',
})

const run = (more: Record<string, string> = {}, job: Partial<Job> = {}): Promise<ActionRun> =>
  runAction({ action: ROOT, secrets: [fleet[0].privateKey], ...job, inputs: { ...inputs(), ...more } })

const live = async (): Promise<string[]> =>
  Promise.all(fleet.map(async host => (await host.run(`readlink ${APP_PATH}/current`)).stdout.trim()))

/** What the service says that it serves: it only knows after a reload. */
const served = (): Promise<string[]> =>
  Promise.all(
    fleet.map(async ({ httpPort }) => {
      const answer = await fetch(`http://127.0.0.1:${httpPort}/app/version.json`)
      return ((await answer.json()) as { release: string }).release
    }),
  )

const status = async (host: Fleet<['web-1', 'web-2']>[number]): Promise<string> =>
  (
    await host.run(
      'sh "$(ls -d /home/deploy/.rollbook/shop/production/runs/*/ | tail -n 1)rollbook" status',
      'deploy',
    )
  ).stdout

describe('a bad deploy on two Debian hosts with systemd, sshd and nginx', () => {
  test('goes back under a constant load, and not one request fails', async () => {
    const loads = fleet.map(host => startLoad(`http://127.0.0.1:${host.httpPort}/version.json`))
    const went = await run()
    const results = await Promise.all(loads.map(load => load.stop()))
    expect(went.outputs.outcome, went.log.join('\n')).toBe('rolled-back')
    expect(await live()).toEqual(['releases/2', 'releases/2'])
    await expect.poll(served).toEqual(['2', '2'])
    for (const { requests, failures, seen } of results) {
      expect(failures).toEqual([])
      expect(requests).toBeGreaterThan(50)
      expect(seen).toEqual(['{"release":"3","ok":false}', '{"release":"2","ok":true}'])
    }
    expect(went.outputs['rto-met']).toBe('')
    expect(went.main.summary.split('\n')[0]).toContain('is back on release 2')

    const back = await run({ operation: 'undo' })
    expect(back.outputs.outcome, back.log.join('\n')).toBe('undone')
    expect(await live()).toEqual(['releases/3', 'releases/3'])
    await expect.poll(served).toEqual(['3', '3'])
  })

  test('a person on the host undoes it with nothing else at hand', async () => {
    expect((await run()).outputs.outcome).toBe('rolled-back')
    for (const host of fleet) {
      const said = await host.run(
        'cd /; exec "$(ls -d /home/deploy/.rollbook/shop/production/runs/*/ | tail -n 1)rollbook" undo',
        'deploy',
      )
      expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining('3 is live') })
    }
    expect(await live()).toEqual(['releases/3', 'releases/3'])
    await expect.poll(served).toEqual(['3', '3'])
  })

  test('one host that fails takes both back, services and all', async () => {
    await fleet[1].run(`touch ${APP_PATH}/releases/2/public/broken`)
    const went = await run()
    expect(went.outputs.outcome, went.log.join('\n')).toBe('restored')
    expect(await live()).toEqual(['releases/3', 'releases/3'])
    await expect.poll(served).toEqual(['3', '3'])
  })

  test('a unit that deploy may not reload is found before anything changes', async () => {
    const went = await run({ reload: 'ssh' })
    expect(went.outputs.outcome).toBe('refused')
    expect(went.log.join('\n')).toContain('sudo -n /usr/bin/systemctl reload ssh')
    expect(await live()).toEqual(['releases/3', 'releases/3'])
  })
})

/** Waits until every host is on the release, and kills the runner there. */
const whenSwitched = async (): Promise<'SIGKILL'> => {
  await expect.poll(live, { interval: 5, timeout: 30_000 }).toEqual(['releases/2', 'releases/2'])
  return 'SIGKILL'
}

/** Answers that never come, so that a run stays between switch and commit. */
const stalled = { smoke: 'http://127.0.0.1:9/healthz' }

describe('a runner that is killed between switch and commit', () => {
  test('is followed by its post step, which brings both hosts back', async () => {
    const died = await run(stalled, { when: whenSwitched() })
    expect(died.main.signal).toBe('SIGKILL')
    expect(await live()).toEqual(['releases/3', 'releases/3'])
    await expect.poll(served).toEqual(['3', '3'])
    for (const host of fleet) expect(await status(host)).toContain('lock free')
    expect(died.summary).toContain('is back where it started')
  })

  test('and its whole machine with it: the hosts decide by themselves, both alike, and the next run goes on', async () => {
    await using folder = await makeFolder('action-without-post')
    const manifest = await readFile(join(ROOT, 'action.yml'), 'utf8')
    await writeFile(join(folder.path, 'action.yml'), manifest.replace(/^ *post(-if)?:.*\n/gm, ''))
    await symlink(join(ROOT, 'dist'), join(folder.path, 'dist'))
    const died = await run(stalled, { action: folder.path, when: whenSwitched() })
    expect(died).toMatchObject({ signal: 'SIGKILL', post: undefined })
    expect(await live()).toEqual(['releases/2', 'releases/2'])

    // Two hosts with nothing on them to look with: after thirty seconds of silence, all or none means none.
    await expect.poll(live, { interval: 500, timeout: 60_000 }).toEqual(['releases/3', 'releases/3'])
    await expect.poll(served).toEqual(['3', '3'])
    await expect
      .poll(async () => (await Promise.all(fleet.map(status))).join('\n'), { timeout: 20_000 })
      .toMatch(/outcome undone[\s\S]*outcome undone/)
    const went = await run()
    expect(went.outputs.outcome, went.log.join('\n')).toBe('rolled-back')
    expect(await live()).toEqual(['releases/2', 'releases/2'])
  })

  test('a host that reboots after the switch is put in order by the next run', async () => {
    const powerFails = async () => {
      const how = await whenSwitched()
      await fleet[0].kill()
      return how
    }
    await run(stalled, { when: powerFails() })
    await fleet[0].start()
    const went = await run()
    expect(went.outputs.outcome, went.log.join('\n')).toBe('rolled-back')
    expect(await live()).toEqual(['releases/2', 'releases/2'])
    await expect.poll(served).toEqual(['2', '2'])
  })
})
