import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeProduction, type Production } from '../support/production.ts'
import type { Site } from '../support/site.ts'
import { BROKEN, expectOutcome, recordOf, WORSE } from './story.ts'

const LINUX = process.platform === 'linux'

/** A queue worker of the application, started in a release as a deploy would. */
const work = (site: Site, release: string, seconds: number): Promise<ChildProcess & Disposable> =>
  start(join(site.path, 'releases', release), 'echo here; sleep "$0"', String(seconds))

/** A worker that ends when `current` has moved; its service starts another one, or has been forgotten. */
const workUntilSwitched = (
  { path }: Site,
  release: string,
  { lingers = 0, restarts }: { lingers?: number; restarts?: number },
): Promise<ChildProcess & Disposable> =>
  start(
    path,
    `before=$(readlink current)
     (cd releases/"$0" && echo here && while [ "$(readlink ../../current)" = "$before" ]; do sleep 0.02; done; sleep "$1")
     [ -z "$2" ] || { sleep "$2"; cd current && sleep 60; }`,
    release,
    String(lingers),
    restarts === undefined ? '' : String(restarts),
  )

/** Starts a script that says so when it is where it works. */
const start = async (
  cwd: string,
  script: string,
  ...words: readonly string[]
): Promise<ChildProcess & Disposable> => {
  const child = spawn('/bin/sh', ['-c', script, ...words], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(child.stdout, 'data')
  const end = () => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
  return Object.assign(child, { [Symbol.dispose]: end })
}

describe.runIf(LINUX)('what serves after the switch', () => {
  test('a worker that stays on the release that was left is named, and the rollback stands', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const [web] = production.machines
    using left = await work(web.site, '3', 60)
    using _live = await work(web.site, '2', 60)
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    const release = await realpath(join(web.site.path, 'releases/3'))
    const warning = new RegExp(`^web: pid ${left.pid} \\(.+\\) still runs from ${release}$`)
    expect(recordOf(run).warnings).toContainEqual(expect.stringMatching(warning))
    expect(run.annotations.map(({ message }) => message)).toContainEqual(expect.stringMatching(warning))
    expect(run.summary).toContain('still runs from')
    expect(run.summary).toMatch(
      /\*\*What serves\*\* – web: \d+ processes run from 2, \d+ process(es)? from another release/,
    )
    expect(recordOf(run).serving).toMatchObject([{ host: 'web', current: 2, onlyOwn: false }])
  })

  test('one that goes when it was told to is no warning, and is waited for', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    using _going = await work(production.machines[0].site, '3', 2.5)
    using _live = await work(production.machines[0].site, '2', 60)
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(recordOf(run).warnings).toEqual([])
    expect(recordOf(run).serving).toMatchObject([{ host: 'web', old: [] }])
  })

  test('when the checks fail, what still ran from the old release is told, and nobody waits', async () => {
    await using production = await makeProduction({ machines: { web: WORSE }, runbook: () => ({}) })
    using _left = await work(production.machines[0].site, '3', 60)
    const run = await production.run()
    expectOutcome(run, 'restored')
    // It is where it was again: what ran then is evidence, and nothing to be warned of.
    expect(recordOf(run).warnings).toEqual([])
    expect(recordOf(run).serving).toMatchObject([{ host: 'web', current: 0 }])
    expect(run.summary).toMatch(/\*\*What ran while 2 was live\*\*[\s\S]*still ran from .*\/releases\/3/)
  })

  test('a worker that ended meanwhile is not named when the checks fail', async () => {
    await using production = await makeProduction({
      machines: { web: WORSE },
      runbook: () => ({ rollback: { verify: [{ run: 'sleep 1.5; false' }] } }),
    })
    using _going = await workUntilSwitched(production.machines[0].site, '3', { lingers: 0.7 })
    const run = await production.run()
    expectOutcome(run, 'restored')
    expect(recordOf(run).serving).toMatchObject([{ host: 'web', old: [] }])
    expect(run.summary).not.toContain('still ran from')
    expect(run.summary).toMatch(/\*\*What ran while 2 was live\*\*, seen at \d\d:\d\d:\d\d UTC/)
  })

  test('a worker whose service takes a second to start it again is waited for', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    using _worker = await workUntilSwitched(production.machines[0].site, '3', { restarts: 1.5 })
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(recordOf(run).warnings).toEqual([])
    expect(recordOf(run).serving?.[0]?.current).toBeGreaterThan(0)
  })

  test('a worker that nobody starts again is missed', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    using _worker = await workUntilSwitched(production.machines[0].site, '3', {})
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(recordOf(run).warnings).toEqual([
      expect.stringMatching(
        /^web: before the switch \d process(es)? ran from a release, and nothing was seen/,
      ),
    ])
    expect(run.summary).toMatch(
      /What serves\*\* – web: nothing was seen .*, where \d process(es)? did before/,
    )
  })

  test('a rollback without checks does not look', async () => {
    await using production = await makeProduction({
      machines: { web: BROKEN },
      runbook: () => ({ rollback: { verify: undefined } }),
    })
    using _left = await work(production.machines[0].site, '3', 60)
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(recordOf(run).serving).toBeUndefined()
  })
})

/** Gives releases 2 and 3 the commits of a repository in the workspace. */
const withHistory = async (
  { workspace, machines }: Production,
  subjects: readonly string[],
): Promise<void> => {
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=Mei', '-c', 'user.email=mei@example.com', ...words], {
      cwd: workspace,
      encoding: 'utf8',
    }).trim()
  git('init', '-q')
  const commits = ['the beginning', ...subjects].map(subject => {
    git('commit', '-q', '--allow-empty', '-m', subject)
    return git('rev-parse', 'HEAD')
  })
  for (const { site } of machines)
    for (const [release, commit = ''] of [
      ['1', commits[0]],
      ['2', commits[0]],
      ['3', commits.at(-1)],
    ] as const)
      await writeFile(join(site.path, 'releases', release, 'REVISION'), `${commit}\n`)
}

describe('the pre-flight checklist', () => {
  const evil = '</details> | `rm -rf /` ::error::boo @everyone [x](http://evil.example) <img src=x>'

  test('is the first thing that a plan shows, and in the log', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    await withHistory(production, ['Split orders', evil])
    const run = await production.run({ operation: 'plan' })
    expectOutcome(run, 'planned')
    const { summary } = run.main
    const at = summary.indexOf('### Pre-flight checklist')
    expect(at).toBeGreaterThan(0)
    expect(summary.indexOf('####')).toBeGreaterThan(at)
    expect(summary).toMatch(/- \*\*Current → target\*\*: web: 3 \(`[0-9a-f]{7}`\) → 2 \(`[0-9a-f]{7}`\)/)
    expect(summary).toContain('- **Changes**: 2 lacks 2 commits that 3 has\n')
    expect(summary).toContain('- **Recent releases**: web: 3 (live), 2 (target), 1')
    expect(summary).not.toMatch(/<\/details> \||<img|\]\(http|@everyone/)
    const log = run.log.join('\n')
    expect(log.indexOf('target      web: 3')).toBeLessThan(log.indexOf('Would '))
    expect(log).toMatch(/^ +[0-9a-f]{7} Split orders$/m)
    expect(run.annotations.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('stands folded in front of what a rollback did, and never makes it wait', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    await withHistory(production, ['Split orders'])
    // A git that never answers.
    const tools = join(production.workspace, 'tools')
    await mkdir(tools)
    await writeFile(join(tools, 'git'), '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 })
    const run = await production.run({}, { env: { PATH: `${tools}:${process.env.PATH}` } })
    expectOutcome(run, 'rolled-back')
    expect(run.summary.indexOf('Pre-flight checklist')).toBeLessThan(run.summary.indexOf('| host |'))
    expect(run.summary).toMatch(/- \*\*Changes\*\*: not known: .*did not answer in time/)
    // What came before the first change did not wait for those who never say anything: nobody gives them three seconds.
    const switching = recordOf(run).phases.find(({ name }) => name === 'Switch')
    expect(switching?.from).toBeLessThan(3000)
  })
})
