import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Folder, makeFolder } from '../support/folder.ts'
import { ACTION } from '../support/production.ts'
import { type ActionRun, type Job, runAction } from '../support/runner.ts'
import { makeSite, type Site, type SiteOptions } from '../support/site.ts'
import { type RunbookDraft, writeRunbook } from '../support/workspace.ts'
import { BROKEN, expectOutcome, recordOf, WORSE } from './story.ts'

interface Server extends AsyncDisposable {
  readonly site: Site
  readonly home: Folder
  run(inputs?: Readonly<Record<string, string>>, job?: Partial<Job>): Promise<ActionRun>
}

/** A server on which a self-hosted runner works: the host is the machine that the action runs on. */
const makeServer = async (options: SiteOptions, rollback: RunbookDraft['rollback'] = {}): Promise<Server> => {
  const site = await makeSite(options)
  const home = await makeFolder('home')
  const workspace = await makeFolder('workspace')
  const described = { hosts: { here: 'local' }, path: site.path, urls: [site.url] }
  await writeRunbook(workspace.path, described, { rollback })
  return {
    site,
    home,
    run: (inputs = {}, job = {}) =>
      runAction({
        cwd: workspace.path,
        ...job,
        action: ACTION,
        inputs,
        env: { HOME: home.path, ...job.env },
      }),
    async [Symbol.asyncDispose]() {
      for (const each of [site, workspace, home]) await each[Symbol.asyncDispose]()
    },
  }
}

test('there and back again, without SSH, a key or known hosts', async () => {
  await using server = await makeServer(BROKEN)
  const run = await server.run()
  expectOutcome(run, 'rolled-back')
  expect([server.site.live(), await server.site.serves()]).toEqual(['2', '2'])
  const ledger = await readFile(join(server.home.path, '.rollbook/shop/production/ledger.jsonl'), 'utf8')
  expect(ledger).toContain('"release":"2"')
  expectOutcome(await server.run({ operation: 'guard' }), 'refused')

  const undone = await server.run({ operation: 'undo' })
  expectOutcome(undone, 'undone')
  expect([server.site.live(), await server.site.serves()]).toEqual(['3', '3'])
  expect(recordOf(undone)).toMatchObject({ from: '2', to: '3', hosts: [{ name: 'here', live: '3' }] })
})

test('what makes it worse is put back', async () => {
  await using server = await makeServer(WORSE)
  expectOutcome(await server.run(), 'restored')
  expect(server.site.live()).toBe('3')
})

test('scripts see what a login sees, and nothing of the job', async () => {
  await using server = await makeServer(BROKEN, { start: [{ run: 'env >"$HOME/seen"' }] })
  const run = await server.run(
    {},
    { env: { JOB_SECRET: 'not for scripts' }, github: { token: 'ghs_for_the_job' } },
  )
  expectOutcome(run, 'rolled-back')
  const seen = await readFile(join(server.home.path, 'seen'), 'utf8')
  expect(seen).toMatch(/^ROLLBOOK_TO=2$/m)
  expect(seen).not.toMatch(/INPUT_|GITHUB_|RUNNER_|JOB_SECRET|ghs_for_the_job/)
})

test('the runner is killed in the middle: the step after it brings the server back', async () => {
  await using server = await makeServer({ ...BROKEN, stalled: ['2'] })
  const run = await server.run({}, { when: server.site.stall.then(() => 'SIGKILL' as const) })
  expect(run.signal).toBe('SIGKILL')
  expect(run.post?.exitCode).toBe(0)
  expect(server.site.live()).toBe('3')
  expect(run.summary).toContain('is back where it started')
  expectOutcome(await server.run({ operation: 'guard' }), 'clear')
})
