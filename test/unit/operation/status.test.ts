import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OpenChannel } from '../../../src/host/channel.ts'
import { Unreachable } from '../../../src/host/contact.ts'
import { localOpener } from '../../../src/host/local.ts'
import { statusLines } from '../../../src/report/status-lines.ts'
import { summaryMarkdown } from '../../../src/report/summary.ts'
import { headlineWords } from '../../../src/report/verdict.ts'
import { makeFolder } from '../../support/folder.ts'
import { makeSite, type Site } from '../../support/site.ts'
import { makeBench } from './fixture.ts'

test('what is live, what can be gone back to, and what cannot, with the reason', async () => {
  await using bench = await makeBench()
  await writeFile(join(bench.site.path, 'releases/1/BAD_RELEASE'), '')
  await mkdir(join(bench.site.path, 'releases/4'))
  const report = await bench.ask({ operation: 'status' })
  expect(report).toMatchObject({ outcome: 'reported', hosts: [{ name: 'here', live: '3' }] })
  expect(report.status).toMatchObject([
    {
      host: 'here',
      stateFolder: bench.state,
      holds: [],
      runs: [],
      links: [
        {
          path: bench.site.path,
          live: '3',
          freeBytes: expect.any(Number),
          releases: [
            { name: '4', standing: 'half-made', why: 'is empty' },
            { name: '3', standing: 'live' },
            { name: '2', standing: 'usable' },
            { name: '1', standing: 'bad', why: 'is marked BAD_RELEASE by Deployer' },
          ],
        },
      ],
    },
  ])
  expect(report.status?.[0]).not.toHaveProperty('lock')
  expect(existsSync(bench.state)).toBe(false)
})

test('what ran there, and what is on hold, and why', async () => {
  await using bench = await makeBench()
  const { run } = await bench.ask({ reason: 'checkout answers 500' })
  const { status } = await bench.ask({ operation: 'status' })
  expect(status?.[0]).toMatchObject({
    holds: [{ release: '3', reason: 'checkout answers 500', run }],
    runs: [{ run, direction: 'forward', from: '3', to: '2', ended: 'committed' }],
  })
})

test('a host that cannot be rolled back is told about all the same', async () => {
  await using bench = await makeBench()
  const current = join(bench.site.path, 'current')
  await rm(current)
  await rename(join(bench.site.path, 'releases/3'), current)
  const report = await bench.ask({ operation: 'status' })
  expect(report.outcome).toBe('reported')
  expect(report.status?.[0]?.links[0]).toMatchObject({
    live: '',
    problem: expect.stringContaining('is a real folder'),
  })
})

/** Two hosts, of which the second does not answer. */
const oneDown: OpenChannel = (host, greeting, events) =>
  host.name === 'web-2'
    ? Promise.reject(new Unreachable('web-2 does not answer at 192.0.2.2:22.', ['See whether it runs.']))
    : localOpener()(host, greeting, events)

describe('a host that does not answer', () => {
  const hosts = { here: 'local', 'web-2': 'deploy@192.0.2.2' }
  // What has no `on` is for hosts other than the runner itself.
  const benchOf = (own: Record<string, string>) =>
    makeBench({
      environment: { hosts: own },
      rollback: { switch: [{ symlink: { path: site.path }, on: 'here' }] },
    })
  let site: Site
  beforeAll(async () => {
    site = await makeSite({ releases: ['1', '2', '3'], live: '3' })
  })
  afterAll(() => site[Symbol.asyncDispose]())

  test('is told of, first, and the others are shown all the same', async () => {
    await using bench = await benchOf(hosts)
    const report = await bench.ask({ operation: 'status' }, { open: oneDown })
    expect(report).toMatchObject({
      outcome: 'reported',
      hosts: [
        { name: 'here', live: '3', state: 'untouched' },
        { name: 'web-2', live: '', state: 'unknown', message: 'web-2 does not answer at 192.0.2.2:22.' },
      ],
      status: [
        { host: 'here', links: [{ live: '3' }] },
        { host: 'web-2', links: [], unreached: { message: 'web-2 does not answer at 192.0.2.2:22.' } },
      ],
    })
    expect(headlineWords(report)).toBe(
      'shop · production can not be rolled back: web-2 could not be looked at',
    )
    const page = summaryMarkdown(report)
    expect(page).toContain('See whether it runs.')
    expect(page).toMatch(
      /\| web-2 \| ⚠️ could not be looked at: web-2 does not answer at 192\.0\.2\.2:22\. \|/,
    )
    expect(page).toMatch(/\| here \| \*\*3\*\* \| no lock \|/)
    const lines = statusLines(report.status ?? [])
    expect(lines).toContain('  could not be looked at: web-2 does not answer at 192.0.2.2:22.')
    expect(lines.join('\n')).toContain(': 3 is live')
  })

  test('is a refusal where it is the only one, and for everything that changes something', async () => {
    await using bench = await benchOf(hosts)
    expect(await bench.ask({ operation: 'prune' }, { open: oneDown })).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-HOST-UNREACHABLE' },
    })
    await using alone = await makeBench({ environment: { hosts: { 'web-2': 'deploy@192.0.2.2' } } })
    expect(await alone.ask({ operation: 'status' }, { open: oneDown })).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-HOST-UNREACHABLE', message: 'web-2 does not answer at 192.0.2.2:22.' },
    })
  })
})

describe('a checkout and files', () => {
  test('are shown whatever rollback they stand in: commit, branch, tag, changes, what came before; copies or none', async () => {
    await using folder = await makeFolder('checkout')
    const path = folder.path
    const git = (...words: string[]) =>
      execFileSync('git', ['-C', path, '-c', 'user.name=Mei', '-c', 'user.email=mei@example.com', ...words], {
        encoding: 'utf8',
        env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
      }).trim()
    const commit = async (subject: string) => {
      await writeFile(join(path, 'version'), subject)
      git('add', 'version')
      git('commit', '--quiet', '--message', subject)
      return git('rev-parse', 'HEAD')
    }
    git('init', '--quiet', '--initial-branch=main')
    const first = await commit('Orders')
    const second = await commit('Orders | faster `<b>` @mei \u001b[31m \u202e ##[error]')
    git('tag', 'v2')
    await writeFile(join(path, 'version'), 'by hand')
    for (const name of ['.env', '.env.backup', 'other.env']) await writeFile(join(path, name), `A=${name}`)
    await using bench = await makeBench({
      rollbacks: {
        code: { switch: [{ git: { path } }] },
        again: { switch: [{ git: { path } }] },
        config: {
          switch: [
            { restore: { files: ['.env', 'other.env', 'gone.env'], in: path, from: { suffix: '.backup' } } },
          ],
        },
      },
    })
    await bench.ask({ operation: 'record', state: 'good', rollback: 'code', target: first })
    await bench.ask({ operation: 'record', state: 'good', rollback: 'code', target: second })
    const report = await bench.ask({ operation: 'status' })
    const [host] = report.status ?? []
    expect(host?.links).toMatchObject([{ live: '3' }])
    expect(host?.components).toMatchObject([
      {
        kind: 'git',
        title: `checkout ${path}`,
        live: second,
        problem: expect.stringContaining('has changes that are in no commit'),
        parts: [
          { checkout: path, commit: second, branch: 'main', tags: 'v2', changes: '1', previous: first },
        ],
        releases: [
          { commit: second, standing: 'live' },
          { commit: first, subject: 'Orders', standing: 'good' },
        ],
      },
      {
        kind: 'restore',
        title: '3 files',
        parts: [
          { file: join(path, '.env'), copy: join(path, '.env.backup'), is: 'not the same as its copy' },
          { file: join(path, 'other.env'), copy: '', is: 'without a copy' },
          { file: join(path, 'gone.env'), copy: '', is: 'not there, or closed to us' },
        ],
      },
    ])
    expect(JSON.stringify(report)).not.toContain('\\u001b')
    expect(JSON.stringify(report)).not.toMatch(/\u202e|##\[/)
    const page = summaryMarkdown(report)
    expect(page).toContain(`**checkout ${path}** on here: **${second.slice(0, 7)}** is live`)
    expect(page).not.toMatch(/<b>|@mei /)
    for (const words of [
      second.slice(0, 7),
      '`main`',
      '`v2`',
      '✅ can be gone back to: on record as good',
      'without a copy',
    ])
      expect(page).toContain(words)
    const lines = statusLines(report.status ?? []).join('\n')
    expect(lines).toMatch(/here: checkout .*: .* has changes that are in no commit/)
    expect(lines).toContain(`${first.slice(0, 7)}  Orders  can be gone back to: on record as good`)
  })
})

test('a database is told of without its secret, and what is missing is said', async () => {
  await using bench = await makeBench({
    databases: {
      main: {
        postgres: { name: 'store', user: 'store', password: { env: 'DB_PASSWORD' } },
        backups: { to: '/var/backups/store' },
      },
    },
    rollbacks: {
      database: { 'data-loss': true, switch: [{ restore: { database: 'main', from: 'latest' } }] },
    },
  })
  const report = await bench.ask({ operation: 'status' })
  expect(report).toMatchObject({
    outcome: 'reported',
    status: [
      {
        components: [
          {
            kind: 'restore_database',
            title: 'database store',
            live: '',
            parts: [
              {
                database: 'store',
                server: 'not known: its password was not given to this operation',
                backups: 0,
              },
            ],
          },
        ],
      },
    ],
  })
  expect(report.warnings).toEqual([
    'here: what runs have left could not be looked at in full: the database main: its password was not given to this operation. Nothing of it goes.',
  ])
  // Somebody who tidies up has to have it.
  await expect(bench.ask({ operation: 'prune' })).rejects.toMatchObject({ code: 'RB-SECRET-NOT-SET' })
  await bench.ask({ operation: 'status' }, { variables: { DB_PASSWORD: 's3cr3t-enough' } })
  expect(bench.learned).toContain('s3cr3t-enough')
})
