import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandLine } from '../support/command-line.ts'
import { makeFolder } from '../support/folder.ts'
import { makeProduction, type Production } from '../support/production.ts'
import type { ActionRun } from '../support/runner.ts'
import { BROKEN, expectOutcome, headline, on, recordOf, seen } from './story.ts'

/** Milliseconds: a host decides after 30 s without a word, and the runner looks for it for 10 s more. */
const PATIENCE = 110_000

/** The host is lost as soon as it has switched, and nobody gets through to it for as long as the run lasts. */
const loseHost = async (production: Production): Promise<ActionRun> => {
  const [web] = production.machines
  web.ssh.faults.dropAfter = () => web.site.live() === '2'
  web.ssh.faults.staysAway = true
  const run = await production.run()
  delete web.ssh.faults.dropAfter
  web.ssh.comeBack()
  return run
}

// Each waits until the host has decided alone, so that they wait together.
describe.concurrent('contact is lost after the switch and does not come back', () => {
  test.each([
    [
      'nothing: one host that has nothing to look at keeps what was wanted',
      undefined,
      '2',
      'stayed on 2, not confirmed',
    ],
    ['keep', 'keep', '2', 'stayed on 2, not confirmed'],
    ['undo', 'undo', '3', 'went back to 3'],
  ])(
    'unknown: on-lost-contact says %s',
    async (_, word, live, became) => {
      await using production = await makeProduction({
        machines: { web: BROKEN },
        runbook: () => ({ environment: { ...(word !== undefined && { 'on-lost-contact': word }) } }),
      })
      const [web] = production.machines
      const run = await loseHost(production)
      expectOutcome(run, 'unknown')
      expect(headline(run)).toContain('contact with web was lost')
      expect(recordOf(run).hosts).toMatchObject([{ state: 'unknown', live: '' }])
      expect(await seen([web])).toEqual(on([web], live))
      expect(await web.locked()).toBe(false)

      const status = await production.run({ operation: 'status' })
      expectOutcome(status, 'reported')
      expect(status.log.join('\n')).toMatch(new RegExp(`${run.outputs['run-id']}.*${became}`))
    },
    PATIENCE,
  )

  test(
    'unknown: what the host itself sees decides, where it has something to look at',
    async () => {
      await using production = await makeProduction({
        machines: { web: BROKEN },
        runbook: ({ urls: [url = ''] }) => ({
          rollback: {
            verify: [
              { http: url, from: 'host', expect: { text: 'another release' }, attempts: 1, consecutive: 1 },
            ],
          },
        }),
      })
      const [web] = production.machines
      expectOutcome(await loseHost(production), 'unknown')
      expect(await seen([web])).toEqual(on([web], '3'))
      expect(await web.locked()).toBe(false)
    },
    PATIENCE,
  )

  test(
    'on the command line: exit status 4, and where to look next',
    async () => {
      await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
      await using home = await makeFolder('home')
      const [web] = production.machines
      await writeFile(join(home.path, 'known_hosts'), web.ssh.knownHostsLine)
      web.ssh.faults.dropAfter = () => web.site.live() === '2'
      web.ssh.faults.staysAway = true
      const said = await commandLine(['rollback', '--known-hosts-file', join(home.path, 'known_hosts')], {
        home: home.path,
        cwd: production.workspace,
        env: { SSH_PRIVATE_KEY: production.key.private },
      })
      expect(said.status, said.stdout + said.stderr).toBe(4)
      expect(said.stdout).toContain('Run `rollbook status`')
    },
    PATIENCE,
  )
})
