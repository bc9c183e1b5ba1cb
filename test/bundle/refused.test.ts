import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeProduction } from '../support/production.ts'
import type { Stop } from '../support/runner/node.ts'
import { startSshServer } from '../support/ssh-server.ts'
import { BROKEN, expectOutcome, headline, on, seen } from './story.ts'

test('a target that is not there: the message names those that are', async () => {
  await using production = await makeProduction({ machines: { web: BROKEN } })
  const [web] = production.machines
  const run = await production.run({ target: '9' })
  expectOutcome(run, 'refused')
  expect(headline(run)).toContain('was not changed')
  const said = run.annotations.map(({ message }) => message).join('\n') + run.summary
  for (const release of ['9', '1', '2']) expect(said).toContain(release)
  expect(await seen([web])).toEqual(on([web], '3'))
  expect(await web.locked()).toBe(false)
})

test('a host key that known_hosts does not have: nobody logs in, and the line to add is printed', async () => {
  await using stranger = await startSshServer()
  await using production = await makeProduction({ machines: { web: BROKEN } })
  const [web] = production.machines
  const key = stranger.knownHostsLine.split(' ').slice(1).join(' ')
  const run = await production.run({ 'known-hosts': `[127.0.0.1]:${web.ssh.port} ${key}` })
  expectOutcome(run, 'refused')
  expect(`${run.log.join('\n')}\n${run.summary}`).toContain('SHA256:')
  expect(web.ssh.counts).toMatchObject({ authAttempts: [], commands: [] })
  expect(await seen([web])).toEqual(on([web], '3'))
})

test('a host that known_hosts does not name at all', async () => {
  await using production = await makeProduction({ machines: { web: BROKEN } })
  const [web] = production.machines
  const run = await production.run({
    'known-hosts': `example.com ${web.ssh.knownHostsLine.split(' ').slice(1).join(' ')}`,
  })
  expectOutcome(run, 'refused')
  expect(`${run.log.join('\n')}\n${run.summary}`).toContain(web.ssh.knownHostsLine)
  expect(web.ssh.counts.authAttempts).toEqual([])
})

test.runIf(process.platform === 'linux')(
  'hosts that would go to different releases: neither is touched',
  async () => {
    await using production = await makeProduction({
      machines: { 'web-1': BROKEN, 'web-2': { ...BROKEN, releases: ['1', '3'] } },
    })
    const run = await production.run()
    expectOutcome(run, 'refused')
    for (const name of ['web-1', 'web-2']) expect(run.summary).toContain(name)
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
    for (const machine of production.machines) expect(await machine.locked()).toBe(false)
  },
)

test('`current` is a real folder', async () => {
  await using production = await makeProduction({ machines: { web: BROKEN } })
  const [web] = production.machines
  const current = join(web.site.path, 'current')
  await rm(current)
  await mkdir(join(web.site.path, 'elsewhere'))
  await rename(join(web.site.path, 'releases/3'), current)
  const run = await production.run()
  expectOutcome(run, 'refused')
  expect(run.summary).toContain('current')
  expect(await web.site.serves()).toBe('3')
})

test('somebody else is at it: the lock is theirs and stays theirs', async () => {
  await using production = await makeProduction({ machines: { web: { ...BROKEN, stalled: ['2'] } } })
  const [web] = production.machines
  const { promise: when, resolve: end } = Promise.withResolvers<Stop>()
  const first = production.run({}, { when })
  await Promise.race([web.site.stall, first])
  const second = await production.run()
  expectOutcome(second, 'refused')
  expect(second.summary).not.toContain('cut off')
  expect(await web.locked()).toBe(true)
  expect(web.site.live()).toBe('2')
  end('SIGKILL')
  await first
})

test('a host that nobody answers on', async () => {
  await using production = await makeProduction({ machines: { web: BROKEN } })
  production.machines[0].ssh.leave()
  expectOutcome(await production.run(), 'refused')
  expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
})

test('a key that the host does not know', async () => {
  await using other = await startSshServer()
  await using production = await makeProduction({ machines: { web: BROKEN } })
  const [web] = production.machines
  const run = await production.run({ 'ssh-private-key': other.clientKey.private })
  expectOutcome(run, 'refused')
  expect(web.ssh.counts.commands).toEqual([])
})
