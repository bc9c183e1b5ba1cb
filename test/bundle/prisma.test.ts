import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeFolder } from '../support/folder.ts'
import { NOT_FOR_OTHERS, reasons, statusText, UNREACHABLE } from '../support/prisma.ts'
import { makeProduction, type Production } from '../support/production.ts'
import { expectOutcome, HEALTHY, recordOf, told } from './story.ts'

const INIT = '20250101000000_init'
const EMAIL = '20250201000000_add_email'
const PHONE = '20250301000000_drop_phone'

interface Checkout extends Production {
  /** The commits, oldest first. */
  readonly commits: readonly [string, string]
  /** The commit that the checkout is on. */
  head(): string
  /** What Prisma was asked to do, a line each. */
  asked(): Promise<readonly string[]>
}

/** A host with a checkout whose last commit brought two migrations along, and a Prisma that prints this. */
async function makeCheckout(
  prints: string,
  status: number,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Checkout> {
  const bin = await makeFolder('npx')
  await writeFile(
    join(bin.path, 'npx'),
    `#!/bin/sh\necho "$*" >>"$HOME/asked"\ncat "$HOME/prisma-prints"\nexit ${status}\n`,
  )
  await chmod(join(bin.path, 'npx'), 0o755)
  const production = await makeProduction({
    machines: { app: HEALTHY },
    ssh: { env: { PATH: `${bin.path}:/usr/local/bin:/usr/bin:/bin` } },
    runbook: ({ path }) => ({
      rollback: {
        migrations: { prisma: { in: join(dirname(path), 'app/backend') }, ...more },
        switch: [{ git: { path: join(dirname(path), 'app') } }],
      },
    }),
  })
  const [{ ssh }] = production.machines
  const path = join(ssh.home, 'app')
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', path, '-c', 'user.name=Mei', '-c', 'user.email=mei@example.com', ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  const put = async (name: string, sql: string) => {
    await mkdir(join(path, 'backend/prisma/migrations', name), { recursive: true })
    await writeFile(join(path, 'backend/prisma/migrations', name, 'migration.sql'), sql)
  }
  const commit = () => {
    git('add', '--all')
    git('commit', '--quiet', '--message', 'a deploy')
    return git('rev-parse', 'HEAD')
  }
  await writeFile(join(ssh.home, 'prisma-prints'), prints)
  await put(INIT, 'CREATE TABLE "User" ("id" INT);')
  git('init', '--quiet', '--initial-branch=main')
  const first = commit()
  await put(EMAIL, 'ALTER TABLE "User" ADD COLUMN "email" TEXT;')
  await put(PHONE, 'ALTER TABLE "User" DROP COLUMN "phone";')
  return {
    ...production,
    commits: [first, commit()],
    head: () => git('rev-parse', 'HEAD'),
    asked: async () =>
      (await readFile(join(ssh.home, 'asked'), 'utf8').catch(() => ''))
        .split('\n')
        .filter(line => line !== ''),
    async [Symbol.asyncDispose]() {
      await production[Symbol.asyncDispose]()
      await bin[Symbol.asyncDispose]()
    },
  }
}

const ALL = { local: [INIT, EMAIL, PHONE] }
const STATUS = '--no-install prisma migrate status'

describe('migrations of Prisma that the target does not know', () => {
  test('are refused: each is named with what it did, and nothing is touched', async () => {
    await using checkout = await makeCheckout(reasons(ALL) + statusText(ALL), 0)
    const [plan, run] = [await checkout.run({ operation: 'plan' }), await checkout.run()]
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure).toMatchObject({
      code: 'RB-MIGRATIONS-UNKNOWN',
      table: {
        head: ['migration', 'what it did'],
        rows: [
          [`\`${EMAIL}\``, 'adds column `User.email`'],
          [`\`${PHONE}\``, 'drops column `User.phone`'],
        ],
      },
    })
    expect(recordOf(plan).failure).toEqual(recordOf(run).failure)
    expect(checkout.head()).toBe(checkout.commits[1])
    expect(await checkout.asked()).toEqual([STATUS, STATUS])
    expect(told(run)).not.toMatch(NOT_FOR_OTHERS)
  })

  test('are warned of one by one where the runbook says so; the last ones are listed, nothing is run', async () => {
    await using checkout = await makeCheckout(reasons(ALL) + statusText(ALL), 0, {
      'unknown-to-target': 'warn',
    })
    const run = await checkout.run()
    expectOutcome(run, 'rolled-back')
    expect(checkout.head()).toBe(checkout.commits[0])
    const { warnings, checklist } = recordOf(run)
    for (const name of [EMAIL, PHONE])
      expect(warnings.filter(warning => warning.includes(name))).toHaveLength(1)
    expect(checklist).toContainEqual({
      what: 'migrations',
      said: `the last migrations of commit ${checkout.commits[1].slice(0, 7)}`,
      items: [INIT, EMAIL, PHONE].map(name => `\`${name}\``),
    })
    expect(run.summary).toContain(PHONE)
    expect(await checkout.asked()).toEqual([STATUS])
  })

  test('`confirm: run anyway` goes on; undo asks nothing', async () => {
    await using checkout = await makeCheckout(statusText(ALL), 0)
    expectOutcome(await checkout.run({ confirm: 'run anyway' }), 'rolled-back')
    expectOutcome(await checkout.run({ operation: 'undo' }), 'undone')
    expect(checkout.head()).toBe(checkout.commits[1])
    expect(await checkout.asked()).toEqual([STATUS])
  })

  test('keep nobody when they were never applied', async () => {
    const behind = { ...ALL, unapplied: [EMAIL, PHONE] }
    await using checkout = await makeCheckout(reasons(behind) + statusText(behind), 1)
    const run = await checkout.run()
    expectOutcome(run, 'rolled-back')
    expect(run.summary).toContain('2 migrations that the database has never applied')
  })
})

test('a database that can not be asked: files alone count, and nobody reads where it is', async () => {
  await using checkout = await makeCheckout(UNREACHABLE, 1)
  const run = await checkout.run()
  expectOutcome(run, 'refused')
  expect(recordOf(run).failure?.message).toContain(
    'could not be asked whether it has applied them (`prisma migrate status` ended with status 1, P1001: it does not answer)',
  )
  expect(told(run)).not.toMatch(NOT_FOR_OTHERS)
})
