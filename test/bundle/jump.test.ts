import { expect, test } from 'vitest'
import { makeProduction, type Production } from '../support/production.ts'
import { type SshServer, startSshServer } from '../support/ssh-server.ts'
import { BROKEN, expectOutcome, on, recordOf, seen, told } from './story.ts'

interface Behind extends AsyncDisposable {
  readonly production: Production
  readonly jump: SshServer
  /** Inputs that lead through the jump host. */
  readonly inputs: Readonly<Record<string, string>>
}

/** A host that is reached through another one. */
const makeBehind = async (jumpKnows?: readonly string[]): Promise<Behind> => {
  const production = await makeProduction({ machines: { web: BROKEN } })
  const jump = await startSshServer({ authorizedKeys: jumpKnows ?? [production.key.public] })
  const [web] = production.machines
  return {
    production,
    jump,
    inputs: {
      hosts: `web=deploy@127.0.0.1:${web.ssh.port} via deploy@127.0.0.1:${jump.port}`,
      'known-hosts': `${web.ssh.knownHostsLine}\n${jump.knownHostsLine}`,
    },
    async [Symbol.asyncDispose]() {
      await production[Symbol.asyncDispose]()
      await jump.close()
    },
  }
}

test('there and back again through a jump host, on which no command is run', async () => {
  await using behind = await makeBehind()
  const { production, jump, inputs } = behind
  expectOutcome(await production.run(inputs), 'rolled-back')
  expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
  expect(jump.counts).toMatchObject({ connections: 1, channels: 0, commands: [] })
  expect(production.machines[0].ssh.counts).toMatchObject({ connections: 1, channels: 1 })
  expectOutcome(await production.run({ ...inputs, operation: 'undo' }), 'undone')
  expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
})

test('the key of the jump host is not known: refused with the line to add, and nothing goes further', async () => {
  await using behind = await makeBehind()
  const { production, jump, inputs } = behind
  const [web] = production.machines
  const run = await production.run({ ...inputs, 'known-hosts': web.ssh.knownHostsLine })
  expectOutcome(run, 'refused')
  expect(told(run)).toContain(jump.knownHostsLine)
  expect(jump.counts.authAttempts).toEqual([])
  expect(web.ssh.counts.connections).toBe(0)
})

test('the key of the jump host is another one: somebody may stand in between', async () => {
  await using stranger = await startSshServer()
  await using behind = await makeBehind()
  const { production, jump, inputs } = behind
  const [web] = production.machines
  const other = stranger.knownHostsLine.split(' ').slice(1).join(' ')
  const run = await production.run({
    ...inputs,
    'known-hosts': `${web.ssh.knownHostsLine}\n[127.0.0.1]:${jump.port} ${other}`,
  })
  expectOutcome(run, 'refused')
  expect(recordOf(run).failure?.message).toMatch(/somebody stands in between/)
  expect(jump.counts.authAttempts).toEqual([])
  expect(web.ssh.counts.connections).toBe(0)
})

test('the key of the host behind it is checked as well', async () => {
  await using behind = await makeBehind()
  const { production, jump, inputs } = behind
  const [web] = production.machines
  const run = await production.run({ ...inputs, 'known-hosts': jump.knownHostsLine })
  expectOutcome(run, 'refused')
  expect(told(run)).toContain(web.ssh.knownHostsLine)
  expect(web.ssh.counts.authAttempts).toEqual([])
  expect(await seen([web])).toEqual(on([web], '3'))
})

test('the jump host does not let us in: it is named, not the host behind it', async () => {
  await using stranger = await startSshServer()
  await using behind = await makeBehind([stranger.clientKey.public])
  const { production, jump, inputs } = behind
  const run = await production.run(inputs)
  expectOutcome(run, 'refused')
  expect(recordOf(run).failure).toMatchObject({
    code: 'RB-HOST-AUTHENTICATION',
    message: expect.stringContaining(`127.0.0.1:${jump.port}`),
  })
  expect(production.machines[0].ssh.counts.connections).toBe(0)
})

test('the jump host drops the connection after the switch: the run is watched again and ends well', async () => {
  await using behind = await makeBehind()
  const { production, jump, inputs } = behind
  const [web] = production.machines
  let drops = 1
  web.ssh.faults.dropAfter = () => {
    if (web.site.live() === '2' && drops-- > 0) jump.drop()
    return false
  }
  expectOutcome(await production.run(inputs), 'rolled-back')
  expect(jump.counts.connections).toBe(2)
  expect(await seen([web])).toEqual(on([web], '2'))
})
