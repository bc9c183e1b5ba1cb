import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandLine, type Said } from '../support/command-line.ts'
import { type Folder, makeFolder } from '../support/folder.ts'
import { makeProduction, type Production } from '../support/production.ts'
import type { SiteOptions } from '../support/site.ts'
import { BROKEN, connections, HEALTHY, on, seen, WORSE } from './story.ts'

interface Desk extends AsyncDisposable {
  readonly production: Production
  readonly home: Folder
  /** An operation with the flags that describe the set-up. */
  run(operation: string, ...flags: readonly string[]): Promise<Said>
  /** Exactly these arguments. */
  say(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Said>
}

/** Somebody at a terminal, with the key in a file, and the runbook in the folder that they are in. */
const makeDesk = async (web: SiteOptions, byRunbook = true): Promise<Desk> => {
  const production = await makeProduction({ machines: { web }, ...(byRunbook && { runbook: () => ({}) }) })
  const home = await makeFolder('home')
  await mkdir(join(home.path, '.ssh'), { mode: 0o700 })
  await writeFile(join(home.path, '.ssh/id'), production.key.private, { mode: 0o600 })
  await writeFile(join(home.path, '.ssh/known_hosts'), `${production.machines[0].ssh.knownHostsLine}\n`)
  const terminal = { home: home.path, cwd: production.workspace }
  return {
    production,
    home,
    run: (operation, ...flags) =>
      commandLine([operation, '--ssh-private-key-file', join(home.path, '.ssh/id'), ...flags], terminal),
    say: (args, env = {}) => commandLine(args, { ...terminal, env }),
    async [Symbol.asyncDispose]() {
      await production[Symbol.asyncDispose]()
      await home[Symbol.asyncDispose]()
    },
  }
}

describe('exit status', () => {
  test('0: every operation there is, one after the other', async () => {
    await using desk = await makeDesk(BROKEN)
    const { machines } = desk.production
    const expectGreen = async (words: RegExp, operation: string, ...flags: readonly string[]) => {
      const said = await desk.run(operation, ...flags)
      expect(said.status, said.stdout + said.stderr).toBe(0)
      expect(said.stdout).toMatch(words)
      expect(said.stdout).toMatch(/^record: \/.*\.json$/m)
    }
    await expectGreen(/ 2 {2}can be gone back to/, 'status')
    await expectGreen(/^plan: \/.*\.json$/m, 'plan', '--target', '1')
    await expectGreen(/go ahead/, 'guard')
    await expectGreen(/is on record as bad/, 'record', '--state', 'bad', '--target', '2')
    await expectGreen(/is on record as good/, 'record', '--state', 'good', '--target', '2')
    await expectGreen(
      /is back on release 2[\s\S]*^Afterwards:\n {2}\[ \] See for yourself[\s\S]*^report: \/.*\.md$/m,
      'rollback',
      '--reason',
      'GitHub is down',
    )
    expect(await seen(machines)).toEqual(on(machines, '2'))
    await expectGreen(/the rollback was undone/, 'undo')
    expect(await seen(machines)).toEqual(on(machines, '3'))
  })

  test('0: without a runbook, everything as flags', async () => {
    await using desk = await makeDesk(BROKEN, false)
    const { machines, inputs } = desk.production
    const flags = ['app', 'hosts', 'path', 'smoke'].flatMap(name => [`--${name}`, inputs[name] ?? ''])
    const said = await desk.run('rollback', ...flags)
    expect(said.status, said.stdout + said.stderr).toBe(0)
    expect(await seen(machines)).toEqual(on(machines, '2'))
  })

  test('1: refused', async () => {
    await using desk = await makeDesk(BROKEN)
    const said = await desk.run('rollback', '--target', '9')
    expect(said.status).toBe(1)
    expect(said.stdout).toContain('no release')
    expect((await desk.run('unlock')).status).toBe(1)
    expect((await desk.run('rollback', '--rollback', 'other')).status).toBe(1)
    expect(await seen(desk.production.machines)).toEqual(on(desk.production.machines, '3'))
  })

  test('2: restored', async () => {
    await using desk = await makeDesk(WORSE)
    const said = await desk.run('rollback')
    expect(said.status, said.stdout + said.stderr).toBe(2)
    expect(said.stdout).toContain('500')
    expect(await seen(desk.production.machines)).toEqual(on(desk.production.machines, '3'))
  })

  test('3: it needs its operator, and the commands are there', async () => {
    await using desk = await makeDesk(WORSE)
    const { site } = desk.production.machines[0]
    site.onHealth('2', () => rm(join(site.path, 'releases/3'), { recursive: true, force: true }))
    const said = await desk.run('rollback')
    expect(said.status, said.stdout + said.stderr).toBe(3)
    expect(said.stdout).toMatch(/runs\/\S+\/rollbook undo/)
  })

  test.each<[string, readonly string[], RegExp]>([
    ['no operation', [], /operation is missing/],
    ['a misspelt one', ['rolback'], /Did you mean "?rollback/],
    ['a misspelt option', ['rollback', '--taget', '2'], /Did you mean --target/],
    ['an option without its value', ['rollback', '--reason', '--escalate'], /--reason needs a value/],
    ['a word too many', ['rollback', 'production'], /Not expected/],
    ['an option twice', ['rollback', '--target', '1', '--target', '2'], /second time/],
    ['a file that is not there', ['status', '--ssh-private-key-file', '/no/key'], /is not there/],
  ])('64: %s, said on stderr', async (_, args, expected) => {
    await using desk = await makeDesk(HEALTHY)
    const said = await desk.say(args)
    expect(said).toMatchObject({ status: 64, stdout: '' })
    expect(said.stderr).toMatch(expected)
    expect(connections(desk.production.machines)).toBe(0)
  })
})

test('--help tells all operations, options and exit statuses', async () => {
  await using desk = await makeDesk(HEALTHY)
  const said = await desk.say(['rollback', '--help'])
  expect(said).toMatchObject({ status: 0, stderr: '' })
  for (const word of ['rollback', 'unlock', '--target', '--run-id', 'SSH_PRIVATE_KEY', '4 unknown, 64'])
    expect(said.stdout).toContain(word)
})

describe('the key', () => {
  test('comes from the environment as well', async () => {
    await using desk = await makeDesk(HEALTHY)
    const said = await desk.say(['status'], { SSH_PRIVATE_KEY: desk.production.key.private })
    expect(said.status, said.stdout + said.stderr).toBe(0)
  })

  test.each(['ssh-private-key', 'ssh-passphrase', 'token'])('--%s is no option', async name => {
    await using desk = await makeDesk(HEALTHY)
    const said = await desk.say(['status', `--${name}`, 'hush-4711'])
    expect(said.status).toBe(64)
    expect(said.stderr).toMatch(/other users of this machine could read it/)
    expect(said.stdout + said.stderr).not.toContain('hush-4711')
  })

  test('is not in what is kept of the run, nor does anybody else read that', async () => {
    await using desk = await makeDesk(BROKEN)
    const said = await desk.run('rollback')
    const [, file = ''] = /^record: (.*)$/m.exec(said.stdout) ?? []
    const record = await readFile(file, 'utf8')
    expect(JSON.parse(record)).toMatchObject({ outcome: 'rolled-back', actor: 'mei', workflowRun: '' })
    const line = desk.production.key.private.split('\n')[2] ?? ''
    expect(record + said.stdout + said.stderr).not.toContain(line)
  })
})

test('a host that ~/.ssh/known_hosts does not know is refused here, too', async () => {
  await using desk = await makeDesk(BROKEN)
  const line = desk.production.machines[0].ssh.knownHostsLine
  await writeFile(join(desk.home.path, '.ssh/known_hosts'), line.replace(/^\S+/, 'other.example.com'))
  const said = await desk.run('rollback')
  expect(said.status).toBe(1)
  expect(said.stdout).toContain(line)
  expect(desk.production.machines[0].ssh.counts.authAttempts).toEqual([])
})
