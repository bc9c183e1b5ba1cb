import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { MigrationFacts } from '../../src/migrations/facts.ts'
import { prisma } from '../../src/migrations/prisma.ts'
import type { PrismaMigrations } from '../../src/runbook/runbook.ts'
import { NOT_FOR_OTHERS, reasons, statusText, UNREACHABLE } from '../support/prisma.ts'
import { SHELLS, type Shell } from './shells.ts'
import { makeSite, type Site } from './site.ts'
import { talkTo } from './talk.ts'

const INIT = '20250101000000_init'
const EMAIL = '20250201000000_add_email'
const PHONE = '20250301000000_phone'
const OLDER = '20241231000000_before'

/** A checkout whose second commit has two migrations more than the first, and one less. */
interface Checkout {
  readonly path: string
  readonly commits: readonly [string, string]
  git(...words: string[]): string
  put(name: string, sql?: string): void
  commit(): string
}

function makeCheckout(site: Site): Checkout {
  const path = join(site.root, 'checkout')
  mkdirSync(join(path, 'backend'), { recursive: true })
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', path, '-c', 'user.name=Mei', '-c', 'user.email=mei@example.com', ...words], {
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  const put = (name: string, sql = '') => {
    mkdirSync(join(path, 'backend/prisma/migrations', name), { recursive: true })
    writeFileSync(join(path, 'backend/prisma/migrations', name, 'migration.sql'), sql)
  }
  const commit = () => {
    git('add', '--all')
    git('commit', '--quiet', '--message', 'a deploy')
    return git('rev-parse', 'HEAD')
  }
  git('init', '--quiet', '--initial-branch=main')
  put(OLDER)
  put(INIT, 'CREATE TABLE "User" ("id" INT);')
  writeFileSync(join(path, 'backend/prisma/migrations/migration_lock.toml'), 'provider = "postgresql"\n')
  const first = commit()
  rmSync(join(path, 'backend/prisma/migrations', OLDER), { recursive: true })
  put(EMAIL, `-- it's \\ "here"\nALTER TABLE "User" ADD COLUMN "email" TEXT;\n`)
  return { path, commits: [first, commit()], git, put, commit }
}

interface Asked {
  readonly facts: MigrationFacts
  /** Everything that left the host. */
  readonly printed: string
}

/** What the host tells of going from the second commit to the first, with this for `npx` and `docker`. */
async function ask(
  site: Site,
  shell: Shell,
  { path, commits: [to, from] }: Checkout,
  bin: Readonly<Record<string, string>>,
  more: Partial<PrismaMigrations> = {},
): Promise<Asked> {
  const folder = join(site.root, 'bin')
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(bin)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  await using talk = await talkTo(site, shell, { env: { PATH: `${folder}:${shell.path}` } })
  const of: PrismaMigrations = {
    tool: 'prisma',
    in: join(path, 'backend'),
    directory: 'prisma/migrations',
    ...more,
  }
  const move = { path, from, to }
  const lines = await talk.session.ask([prisma.question(of, move)])
  return { facts: prisma.facts('web', move, lines), printed: lines.join('\n') }
}

const print = (text: string, status: number) => `cat <<'END'\n${text}\nEND\nexit ${status}`
const NOTED = 'echo "$(pwd) $* $CHECKPOINT_DISABLE" >>"$HOME/asked"'
const asked = (site: Site) => readFileSync(join(site.home, 'asked'), 'utf8').trim()
const appliedIn = ({ facts: { database } }: Asked) =>
  database.kind === 'silent'
    ? database.why
    : Object.fromEntries([...database.migrations].map(([name, { ran }]) => [name, ran]))

describe.concurrent.each(SHELLS)('what a host tells of the migrations of two commits, under $name', shell => {
  test('the folders of both, the last ones, what the database has applied, and the SQL of what the target lacks', async () => {
    using site = makeSite()
    const checkout = makeCheckout(site)
    const told = { local: [INIT, EMAIL], unapplied: [EMAIL] }
    const npx = `${NOTED}\n${print(reasons(told) + statusText(told), 1)}`
    const answer = await ask(site, shell, checkout, { npx })
    expect(answer.facts).toMatchObject({
      fromCount: 2,
      toCount: 2,
      unnamable: 0,
      onlyFrom: [EMAIL],
      onlyTo: [OLDER],
      latest: [INIT, EMAIL],
    })
    expect([...answer.facts.both]).toEqual([INIT])
    expect(appliedIn(answer)).toEqual({ [INIT]: true, [EMAIL]: false })
    expect([...answer.facts.texts]).toEqual([
      [EMAIL, `-- it's \\ "here"\nALTER TABLE "User" ADD COLUMN "email" TEXT;\n`],
    ])
    expect(asked(site)).toBe(`${checkout.path}/backend --no-install prisma migrate status 1`)
    expect(answer.printed).not.toMatch(NOT_FOR_OTHERS)
  })

  test('a version that gives no reasons is understood by what it prints for people', async () => {
    using site = makeSite()
    const checkout = makeCheckout(site)
    const fine = await ask(site, shell, checkout, {
      npx: print(statusText({ local: [INIT, EMAIL] }), 0),
    })
    expect(appliedIn(fine)).toEqual({ [INIT]: true, [EMAIL]: true })
    const apart = { local: [INIT, EMAIL], unapplied: [EMAIL], unpersisted: [PHONE] }
    const answer = await ask(site, shell, checkout, { npx: print(statusText(apart), 1) })
    expect(appliedIn(answer)).toEqual({ [INIT]: true, [EMAIL]: false, [PHONE]: true })
    expect(answer.facts.lackedElsewhere).toEqual([PHONE])
    expect(answer.printed).not.toMatch(NOT_FOR_OTHERS)
  })

  test('a folder whose name nobody can compare is told, unless the target has it, too', async () => {
    using site = makeSite()
    const made = makeCheckout(site)
    made.put('20250105000000_old (copy)', 'SELECT 1;')
    const to = made.commit()
    made.put('20250401000000_drop (copy)', 'DROP TABLE "User";')
    const checkout = { ...made, commits: [to, made.commit()] as const }
    const { facts } = await ask(site, shell, checkout, { npx: print('Error: P1001', 1) })
    expect(facts.uncompared).toEqual([
      '`20250401000000_drop (copy)` has a name that no migration should have',
    ])
  })

  test('what the database has and neither commit is named, with its SQL out of the history', async () => {
    using site = makeSite()
    const made = makeCheckout(site)
    made.put(PHONE, 'ALTER TABLE "User" ADD COLUMN "phone" TEXT;')
    made.commit()
    made.git('tag', 'left-before')
    made.git('reset', '--quiet', '--hard', made.commits[1])
    const told = { local: [INIT, EMAIL], unpersisted: [PHONE] }
    const { facts } = await ask(site, shell, made, { npx: print(reasons(told) + statusText(told), 0) })
    expect(facts.lackedElsewhere).toEqual([PHONE])
    expect(prisma.did(facts.texts.get(PHONE) ?? '')).toBe('adds column `User.phone`')
  })

  test('of an error only its class leaves the host', async () => {
    using site = makeSite()
    const answer = await ask(site, shell, makeCheckout(site), { npx: print(UNREACHABLE, 1) })
    expect(appliedIn(answer)).toBe('`prisma migrate status` ended with status 1, P1001: it does not answer')
    expect(answer.printed).not.toMatch(NOT_FOR_OTHERS)
  })

  test('without Prisma nothing is fetched, and the folders are compared all the same', async () => {
    using site = makeSite()
    const answer = await ask(site, shell, makeCheckout(site), {
      npx: print('npm error npx canceled due to missing packages and no YES option: ["prisma@6.19.3"]', 1),
    })
    expect(appliedIn(answer)).toBe('Prisma is not installed there')
    expect(answer.facts.onlyFrom).toEqual([EMAIL])
  })

  test('a Prisma that prints without an end is not waited for', async () => {
    using site = makeSite()
    const npx = 'while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done'
    expect(appliedIn(await ask(site, shell, makeCheckout(site), { npx }))).toMatch(/without an end|ended/)
  })

  test('through a Compose service: it is asked in there, and no variable of the login goes along', async () => {
    using site = makeSite()
    const checkout = makeCheckout(site)
    const told = { local: [INIT], unapplied: [] }
    const docker = `echo "$(pwd) $*" >>"$HOME/asked"; env | grep -q '^courier_shell=' && exit 9\n${print(reasons(told) + statusText(told), 0)}`
    const through = { compose: checkout.path, service: 'backend' }
    const answer = await ask(site, shell, checkout, { docker }, { through })
    expect(asked(site)).toMatch(
      /checkout compose exec -T -e DEBUG=prisma:migrate:status .* backend sh -c .* sh npx --no-install prisma migrate status$/s,
    )
    // The image of the service is older than the checkout: what it does not have, nobody knows of.
    expect(appliedIn(answer)).toEqual({ [INIT]: true })
    const stopped = print('service "backend" is not running', 1)
    expect(appliedIn(await ask(site, shell, checkout, { docker: stopped }, { through }))).toBe(
      'the service does not run',
    )
  })

  test('a folder that neither commit has, names that are none, and nothing is written', async () => {
    using site = makeSite()
    const made = makeCheckout(site)
    made.put('2026 $(id)')
    made.put('-rf_x')
    made.commit()
    const index = readFileSync(join(made.path, '.git/index'))
    const checkout = { ...made, commits: [made.commits[0], made.git('rev-parse', 'HEAD')] as const }
    const npx = print(statusText({ local: [INIT, EMAIL] }), 0)
    const { facts } = await ask(site, shell, checkout, { npx })
    expect(facts).toMatchObject({ fromCount: 2, unnamable: 2, onlyFrom: [EMAIL] })
    const typo = await ask(site, shell, checkout, { npx }, { directory: 'migrations' })
    expect(typo.facts).toMatchObject({ fromCount: undefined, toCount: undefined, onlyFrom: [], latest: [] })
    expect(readFileSync(join(made.path, '.git/index'))).toEqual(index)
    expect(made.git('status', '--porcelain')).toBe('')
  })

  test('a thousand migrations, of which one has a long text', async () => {
    using site = makeSite()
    const made = makeCheckout(site)
    for (let at = 1000; at < 2200; at++) made.put(`2020010100${at}_x`)
    const to = made.commit()
    made.put('20260101000000_long', 'x'.repeat(99) + '\n'.repeat(5000))
    const checkout = { ...made, commits: [to, made.commit()] as const }
    const local = Array.from({ length: 1200 }, (_, at) => `2020010100${at + 1000}_x`)
    const npx = print(reasons({ local }) + statusText({ local }), 0)
    const { facts } = await ask(site, shell, checkout, { npx })
    expect(facts).toMatchObject({ fromCount: 1203, toCount: 1202, onlyFrom: ['20260101000000_long'] })
    expect(facts.texts.get('20260101000000_long')?.split('\n')).toHaveLength(201)
    expect(facts.database.kind).toBe('answered')
  })
})
