import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Folder, makeFolder } from '../support/folder.ts'
import { makeProduction } from '../support/production.ts'
import { makeKeyPair } from '../support/ssh-keys.ts'
import { BROKEN, connections, expectOutcome, on, recordOf, seen, told } from './story.ts'

interface Agent extends AsyncDisposable {
  readonly socket: string
  add(privateKey: string): Promise<void>
}

/** OpenSSH's own agent. */
const startAgent = async (): Promise<Agent> => {
  const folder: Folder = await makeFolder('agent')
  const socket = join(folder.path, 'socket')
  const agent: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  for (let tries = 0; !existsSync(socket) && tries < 200; tries++) await sleep(10)
  return {
    socket,
    async add(privateKey) {
      const file = join(folder.path, 'key')
      await writeFile(file, privateKey, { mode: 0o600 })
      execFileSync('ssh-add', ['-q', file], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'pipe' })
    },
    async [Symbol.asyncDispose]() {
      agent.kill()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** The same key, closed with a passphrase, as `ssh-keygen` does it. */
const closed = async (privateKey: string, passphrase: string): Promise<string> => {
  await using folder = await makeFolder('key')
  const file = join(folder.path, 'key')
  await writeFile(file, privateKey)
  await chmod(file, 0o600)
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-a', '4', '-f', file], {
    stdio: 'pipe',
  })
  return await readFile(file, 'utf8')
}

describe('the agent at SSH_AUTH_SOCK', () => {
  test('is asked when there is no key', async () => {
    await using agent = await startAgent()
    await using production = await makeProduction({ machines: { web: BROKEN } })
    await agent.add(makeKeyPair('another').private)
    await agent.add(production.key.private)
    const run = await production.run({ 'ssh-private-key': '' }, { env: { SSH_AUTH_SOCK: agent.socket } })
    expectOutcome(run, 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
  })

  test('has no key that the host knows', async () => {
    await using agent = await startAgent()
    await using production = await makeProduction({ machines: { web: BROKEN } })
    await agent.add(makeKeyPair('another').private)
    const run = await production.run({ 'ssh-private-key': '' }, { env: { SSH_AUTH_SOCK: agent.socket } })
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure).toMatchObject({
      code: 'RB-HOST-AUTHENTICATION',
      message: expect.stringContaining('the keys of the agent'),
    })
  })

  test('is not there', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const run = await production.run({ 'ssh-private-key': '' }, { env: { SSH_AUTH_SOCK: '/nothing/here' } })
    expectOutcome(run, 'refused')
    expect(told(run)).not.toContain('made a mistake')
    expect(told(run)).toMatch(/agent/)
  })

  test('neither an agent nor a key', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const run = await production.run({ 'ssh-private-key': '' })
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure?.code).toBe('RB-NO-IDENTITY')
    expect(connections(production.machines)).toBe(0)
  })
})

describe('a key with a passphrase', () => {
  const passphrase = 'stärker als "du" denkst $(id) '

  test('is opened with it', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const key = await closed(production.key.private, passphrase)
    expect(key).not.toBe(production.key.private)
    const run = await production.run(
      { 'ssh-private-key': key, 'ssh-passphrase': passphrase },
      { secrets: [] },
    )
    expectOutcome(run, 'rolled-back')
    expect(told(run)).not.toContain('denkst')
  })

  test.each([
    ['wrong', 'wrong-guess-0815', 'does not open the key'],
    ['empty', '', '`ssh-passphrase` is empty'],
  ])('is %s: refused without a word of it, before any connection', async (_, given, words) => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const key = await closed(production.key.private, passphrase)
    const run = await production.run({ 'ssh-private-key': key, 'ssh-passphrase': given }, { secrets: [] })
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure?.message).toContain(words)
    const raw = run.rawLog.filter(line => !line.startsWith('::add-mask::')).join('\n')
    for (const secret of [given, key.split('\n')[3] ?? '', 'denkst'].filter(Boolean)) {
      expect(told(run)).not.toContain(secret)
      expect(raw).not.toContain(secret)
    }
    expect(connections(production.machines)).toBe(0)
  })
})

describe('a key that suffered on its way into the secret', () => {
  test.each<[string, (key: string) => string]>([
    ['Windows line ends', key => key.replaceAll('\n', '\r\n')],
    ['one line with \\n in it', key => key.trim().replaceAll('\n', '\\n')],
    ['no last line end, blanks around it', key => `  ${key.trim()} `],
    ['base64 around it', key => Buffer.from(key).toString('base64')],
  ])('%s: it works all the same', async (_, mangle) => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const run = await production.run({
      operation: 'status',
      'ssh-private-key': mangle(production.key.private),
    })
    expectOutcome(run, 'reported')
  })

  test.each<[string, (pair: { private: string; public: string }) => string, string]>([
    ['the public one', pair => pair.public, 'this is the public key'],
    ['cut off', pair => pair.private.slice(0, 200), 'the rest is missing'],
    ['two of them', pair => pair.private + pair.private, 'more than one key'],
    ['no key at all', () => 'hunter2-hunter2', 'this is not a private key'],
  ])('%s: refused, and none of it is shown', async (_, mangle, words) => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const given = mangle(production.key)
    const run = await production.run({ 'ssh-private-key': given }, { secrets: [] })
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure).toMatchObject({
      code: 'RB-PRIVATE-KEY',
      message: expect.stringContaining(words),
    })
    expect(told(run)).not.toContain(given.slice(60, 90) || given)
    expect(connections(production.machines)).toBe(0)
  })
})
