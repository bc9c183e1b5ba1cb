import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeProduction, type Production } from '../support/production.ts'
import type { SiteOptions } from '../support/site.ts'
import { expectOutcome, on, recordOf, seen, told } from './story.ts'

const sha = (digit: number): string => String(digit).repeat(40)

/** One host whose releases a deploy tool has made: `files` by path below its folder. */
const makeDeployed = async (
  web: SiteOptions,
  files: Readonly<Record<string, string>>,
): Promise<Production> => {
  const production = await makeProduction({ machines: { web }, runbook: () => ({}) })
  const { path } = production.machines[0].site
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(path, name, '..'), { recursive: true })
    await writeFile(join(path, name), text)
  }
  return production
}

describe('Capistrano', () => {
  const names = ['20261101090000', '20261110090000', '20261118090000', '20261119090000', '20261120090000']
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = names
  const deployed = (name: string, at: number) =>
    `Branch main (at ${sha(at).slice(0, 7)}) deployed as release ${name} by mei\n`
  const files = {
    // The fourth never got so far as to be published.
    'revisions.log': [
      deployed(first, 1),
      deployed(second, 2),
      `mei rolled back to release ${first}\n`,
      deployed(third, 3),
      deployed(fifth, 5),
    ].join(''),
    ...Object.fromEntries(names.map((name, at) => [`releases/${name}/REVISION`, `${sha(at + 1)}\n`])),
    'repo/HEAD': 'ref: refs/heads/main\n',
    'shared/log/production.log': '',
  }
  const site = { releases: names, live: fifth, broken: [fifth] }

  test('previous is the release that was published before, not the newest folder', async () => {
    await using production = await makeDeployed(site, files)
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, third))
    expect(recordOf(run).hosts).toMatchObject([{ fromCommit: sha(5), toCommit: sha(3) }])
    expect(run.summary).toContain('never published')
  })

  test('by the commit, seven digits or more of it', async () => {
    await using production = await makeDeployed(site, files)
    expectOutcome(await production.run({ target: sha(2).slice(0, 7) }), 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, second))
  })

  test('six digits are no commit', async () => {
    await using production = await makeDeployed(site, files)
    expectOutcome(await production.run({ target: sha(2).slice(0, 6) }), 'refused')
    expect(await seen(production.machines)).toEqual(on(production.machines, fifth))
  })

  test('a commit of two releases: the newest of them', async () => {
    await using production = await makeDeployed(site, {
      ...files,
      [`releases/${third}/REVISION`]: `${sha(2)}\n`,
    })
    expectOutcome(await production.run({ target: sha(2) }), 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, third))
  })

  test('a release that was never published is not gone to, not even by its name', async () => {
    await using production = await makeDeployed(site, files)
    const run = await production.run({ target: fourth })
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure?.code).toBe('RB-RELEASE-UNUSABLE')
  })
})

describe('Deployer', () => {
  const begun = (name: number) =>
    `${JSON.stringify({ created_at: '2026-11-20T09:00:00+0000', release_name: String(name), user: 'mei', target: 'main' })}\n`
  const names = ['8', '9', '10', '11', '12']
  const files = { '.dep/releases_log': [8, 9, 10, 11, 12].map(begun).join(''), '.dep/latest_release': '12' }
  const site = { releases: names, live: '12', broken: ['12'] }

  test('numbers are numbers: before 12 comes 11, before 10 comes 9', async () => {
    await using production = await makeDeployed(site, files)
    expectOutcome(await production.run(), 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, '11'))
    expectOutcome(await production.run({ target: '10' }), 'rolled-back')
    await rm(join(production.machines[0].site.path, 'releases/11'), { recursive: true })
    expectOutcome(await production.run(), 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, '9'))
  })

  test('what Deployer marked as bad, or never finished, is passed over and said so', async () => {
    await using production = await makeDeployed(site, {
      ...files,
      'releases/11/BAD_RELEASE': '2026-11-20T09:10:00+0000,mei\n',
      'releases/10/DIRTY_RELEASE': '',
    })
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, '9'))
    expect(run.log.join('\n')).toMatch(/passed over 11: it is marked BAD_RELEASE/)
    expect(run.log.join('\n')).toMatch(/passed over 10: .*DIRTY_RELEASE/)
  })

  test('a deploy is at work: refused while its lock is there', async () => {
    await using production = await makeDeployed(site, { ...files, '.dep/deploy.lock': 'mei' })
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure?.code).toBe('RB-DEPLOY-AT-WORK')
    expect(told(run)).toContain('.dep/deploy.lock')
    expect(await seen(production.machines)).toEqual(on(production.machines, '12'))
    await rm(join(production.machines[0].site.path, '.dep/deploy.lock'))
    expectOutcome(await production.run(), 'rolled-back')
  })

  // Kamal makes `locks/<service>-<destination>`, older ones `lock-<service>`: folders in the home of its user.
  test.each(['locks/shop-production', 'lock-shop'])(
    'Kamal is at work: refused while .kamal/%s is there',
    async lock => {
      await using production = await makeDeployed(site, files)
      const path = join(production.machines[0].ssh.home, '.kamal', lock)
      await mkdir(path, { recursive: true })
      const run = await production.run()
      expectOutcome(run, 'refused')
      expect(recordOf(run).failure?.code).toBe('RB-DEPLOY-AT-WORK')
      expect(told(run)).toContain(`.kamal/${lock}`)
      expect(await seen(production.machines)).toEqual(on(production.machines, '12'))
      await rm(path, { recursive: true })
      expectOutcome(await production.run(), 'rolled-back')
    },
  )

  test('a dead deploy left its lock behind: `run anyway` goes there and back, and the lock stays for its tool', async () => {
    await using production = await makeDeployed(site, { ...files, '.dep/deploy.lock': 'mei' })
    const [machine] = production.machines
    const anyway = { confirm: 'run anyway' }
    expectOutcome(await production.run(anyway), 'rolled-back')
    expect(await seen([machine])).not.toEqual(on([machine], '12'))
    expectOutcome(await production.run({ operation: 'undo', ...anyway }), 'undone')
    expect(await seen([machine])).toEqual(on([machine], '12'))
    expect(existsSync(join(machine.site.path, '.dep/deploy.lock'))).toBe(true)
  })
})

describe('a folder of releases that nobody keeps a log of', () => {
  test('names that do not count up: nothing is guessed, the table is shown', async () => {
    await using production = await makeDeployed(
      { releases: ['blue', 'green', 'red'], live: 'red', broken: ['red'] },
      {},
    )
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(
      recordOf(run)
        .failure?.table?.rows.map(([name]) => name)
        .sort(),
    ).toEqual(['blue', 'green'])
    expectOutcome(await production.run({ target: 'green' }), 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, 'green'))
  })

  test('only one release: there is nothing to go back to', async () => {
    await using production = await makeDeployed({ releases: ['1'], live: '1' }, {})
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure?.message).toContain('it is the only one')
  })
})
