import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Deployment, type FakeApi, notPermitted, startFakeApi } from '../support/github-api.ts'
import { makeProduction, type Production, type ProductionOptions } from '../support/production.ts'
import { BROKEN, expectOutcome, on, seen, WORSE } from './story.ts'

const TOKEN = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz'
const OLD = '1111111111111111111111111111111111111111'
const LIVE = '3333333333333333333333333333333333333333'

/** A production whose releases name their commits: 2 is an old one, 3 is live. */
const withCommits = async (options: Partial<ProductionOptions> = {}): Promise<Production> => {
  const production = await makeProduction({ machines: { web: BROKEN }, ...options })
  const { path } = production.machines[0].site
  for (const [release, commit] of Object.entries({ 1: OLD.replaceAll('1', '0'), 2: OLD, 3: LIVE }))
    await writeFile(join(path, 'releases', release, 'REVISION'), `${commit}\n`)
  return production
}

const asJob = ({ url }: Pick<FakeApi, 'url'>) => ({
  github: { api_url: url, token: TOKEN, run_id: '17' },
  secrets: [TOKEN],
})

const deployed = (): Deployment => ({
  id: 1,
  sha: LIVE,
  environment: 'production',
  task: 'deploy',
  statuses: [{ state: 'success' }],
})

/** A rollback that takes so long that somebody may look at the page meanwhile. */
const lasting = (urls: readonly string[]) => ({
  verify: [...urls.map(url => ({ http: `${url}/healthz` })), { run: 'sleep 6' }],
})

test('a rollback is a deployment of what it goes back to, and what it left is no live one any more', async () => {
  await using production = await withCommits({ runbook: ({ urls }) => ({ rollback: lasting(urls) }) })
  await using api = await startFakeApi({ deployments: [deployed()] })
  const run = await production.run({}, asJob(api))
  expectOutcome(run, 'rolled-back')
  expect(api.written).toEqual(['deployments', 'statuses in_progress', 'statuses success', 'statuses failure'])
  expect([api.standing(OLD), api.standing(LIVE)]).toEqual(['success', 'failure'])
  expect(run.main.summary).toContain(
    'Told: [deployment](https://github.com/acme/shop/deployments/production)',
  )
  expect(run.annotations.filter(({ message }) => message.includes('could not be told'))).toEqual([])
  expect(JSON.stringify(api.asked.map(({ body }) => body))).not.toContain(TOKEN)
})

test('a release that does not serve stays an attempt that failed, and the old one is live', async () => {
  await using production = await withCommits({ machines: { web: WORSE }, runbook: () => ({}) })
  await using api = await startFakeApi({ deployments: [deployed()] })
  const run = await production.run({}, asJob(api))
  expectOutcome(run, 'restored')
  expect([api.standing(OLD), api.standing(LIVE)]).toEqual(['failure', 'success'])
})

test('an undo is a deployment, too', async () => {
  await using production = await withCommits()
  await production.run()
  await using api = await startFakeApi()
  const run = await production.run({ operation: 'undo' }, asJob(api))
  expectOutcome(run, 'undone')
  expect(api.standing(LIVE)).toBe('success')
})

test('without the permission a rollback is green all the same, and one notice has the YAML', async () => {
  await using production = await withCommits()
  await using api = await startFakeApi({ instead: () => notPermitted() })
  const run = await production.run({}, asJob(api))
  expectOutcome(run, 'rolled-back')
  const said = run.annotations.filter(({ message }) => message.includes('deployments: write'))
  expect(said).toMatchObject([{ level: 'notice' }])
})

test.each([
  ['nobody is there', undefined],
  ['nobody answers', () => 'silence' as const],
])('when %s, a rollback is green all the same, and one warning says so', async (_, instead) => {
  await using production = await withCommits()
  await using api = await startFakeApi(instead ? { instead } : {})
  const run = await production.run({}, asJob(instead ? api : { url: 'http://127.0.0.1:9' }))
  expectOutcome(run, 'rolled-back')
  expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
  const said = run.annotations.filter(({ message }) => message.includes('could not be told'))
  expect(said).toMatchObject([
    { level: 'warning', message: expect.stringMatching(/^The deployment could not be told: GitHub/) },
  ])
})

test('a runner that is killed leaves no deployment in progress: the step after it tells', async () => {
  await using production = await withCommits({
    machines: { web: WORSE },
    runbook: ({ urls }) => ({ rollback: lasting(urls) }),
  })
  let begun = () => {}
  const when = new Promise<'SIGKILL'>(resolve => {
    begun = () => resolve('SIGKILL')
  })
  await using api = await startFakeApi({
    instead({ body }) {
      if (body.state === 'in_progress') setTimeout(begun, 200)
      return undefined
    },
  })
  const run = await production.run({}, { ...asJob(api), when })
  expect(run.main.sent).toContain('SIGKILL')
  expect(api.written).toEqual(['deployments', 'statuses in_progress', 'statuses error'])
  expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
})

test('the runbook has an issue opened and the commit told', async () => {
  const audit = { issue: { due: '24h', labels: ['postmortem'] }, comment: ['commit'] }
  await using production = await withCommits({ runbook: () => ({ top: { audit } }) })
  await using api = await startFakeApi()
  const run = await production.run({}, asJob(api))
  expectOutcome(run, 'rolled-back')
  expect(api.issues).toMatchObject([
    { title: 'Rollback: shop · production is back on release 2', labels: ['postmortem'] },
  ])
  expect(api.issues[0]?.body).toContain('checkout answers 500 since 14:02')
  expect(api.comments).toEqual([expect.stringContaining(`${LIVE}: **Rolled back**`)])
  expect(run.main.summary).toContain('[issue #&#8203;1](https://github.com/acme/shop/issues/1)')
})
