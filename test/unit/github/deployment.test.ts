import { describe, expect, test, vi } from 'vitest'
import { findDeployment } from '../../../src/github/deployment.ts'
import { endKeptDeployment } from '../../../src/github/kept-deployment.ts'
import type { RunReport } from '../../../src/outcome.ts'
import {
  type Answer,
  type Deployment,
  notPermitted,
  PATIENT,
  startFakeApi,
} from '../../support/github-api.ts'
import { host } from '../../support/reports.ts'
import { LIVE, OLD, runFrom42, TOKEN, tell, variablesOf } from './fixture.ts'

const CREATE = 'POST /repos/{owner}/{repo}/deployments'

/** What the pipeline has told GitHub: 41 was deployed, then 42. */
const deploys = (log = 'https://github.com/acme/shop/actions/runs/16'): Deployment[] =>
  [OLD, LIVE].map((sha, at) => ({
    id: at + 1,
    sha,
    environment: 'production',
    task: 'deploy',
    statuses: [{ state: 'success', log_url: log }],
  }))

describe.concurrent('the page of deployments', PATIENT, () => {
  test('shows the release that was gone back to as live, and the one that was left as failed', async () => {
    await using api = await startFakeApi({ deployments: deploys() })
    const lasting = () => vi.waitFor(() => expect(api.standing(OLD)).toBe('in_progress'), 30_000)
    const { told, notices, kept, error } = await tell(findDeployment, api, runFrom42(), { lasting })
    expect(error).toBeUndefined()
    expect(api.written).toEqual([
      'deployments',
      'statuses in_progress',
      'statuses success',
      'statuses failure',
    ])
    const [create] = api.asked
    expect(create?.body).toMatchObject({
      ref: OLD,
      task: 'rollback',
      auto_merge: false,
      required_contexts: [],
      environment: 'production',
      production_environment: true,
      description: 'Rollback 42 → 41: checkout answers 500 since 14:02',
      payload: { run: '20261120T141055Z-8d1f' },
    })
    expect(create?.authorization).toBe(`token ${TOKEN}`)
    const [, bad, back] = api.deployments
    expect(back?.statuses).toEqual([
      expect.objectContaining({
        state: 'in_progress',
        log_url: 'https://github.com/acme/shop/actions/runs/17',
      }),
      expect.objectContaining({
        state: 'success',
        description: 'fap-api · production is back on release 41',
        environment_url: 'https://shop.example.com',
      }),
    ])
    expect(bad?.statuses.at(-1)).toMatchObject({
      state: 'failure',
      description: 'Rolled back to 41: checkout answers 500 since 14:02',
    })
    expect(told).toEqual([{ what: 'deployment', url: 'https://github.com/acme/shop/deployments/production' }])
    expect(notices).toEqual([])
    expect(kept).toEqual({ deployment: '' })
  })

  test.each<[RunReport['outcome'], string]>([
    ['restored', 'failure'],
    ['refused', 'failure'],
    ['needs-operator', 'error'],
    ['unknown', 'error'],
  ])('after %s still shows the old one as live, and the attempt as %s', async (outcome, state) => {
    await using api = await startFakeApi({ deployments: deploys() })
    const lasting = () => vi.waitFor(() => expect(api.deployments).toHaveLength(3), 30_000)
    await tell(findDeployment, api, runFrom42({ outcome }), { lasting })
    expect(api.standing(LIVE)).toBe('success')
    expect(api.standing(OLD)).toBe(state)
  })

  test('after an undo shows what was brought back, and what was left as replaced, not as bad', async () => {
    await using api = await startFakeApi({ deployments: deploys() })
    const back = host('web-1', { from: '41', fromCommit: OLD, to: '42', toCommit: LIVE })
    const run = runFrom42({ operation: 'undo', outcome: 'undone', from: '41', to: '42', hosts: [back] })
    await tell(findDeployment, api, run, { operation: 'undo' })
    expect(api.asked[0]?.body).toMatchObject({ ref: LIVE, task: 'rollback:undo' })
    expect([api.standing(LIVE), api.standing(OLD)]).toEqual(['success', 'inactive'])
  })

  test('knows the commit of a checkout, which has no other name', async () => {
    await using api = await startFakeApi({ deployments: deploys() })
    const { fromCommit: _, toCommit: __, ...checkout } = host('web-1', { from: LIVE, to: OLD })
    await tell(findDeployment, api, runFrom42({ from: LIVE, to: OLD, hosts: [checkout] }))
    expect([api.standing(OLD), api.standing(LIVE)]).toEqual(['success', 'failure'])
    expect(api.asked[0]?.body.description).toMatch(/^Rollback 2222222 → 1111111: /)
  })

  test('a staging environment is none of production', async () => {
    await using api = await startFakeApi()
    await tell(findDeployment, api, runFrom42({ environment: 'staging' }))
    expect(api.asked[0]?.body).toMatchObject({ environment: 'staging', production_environment: false })
  })

  test('a long reason is cut to what GitHub takes', async () => {
    await using api = await startFakeApi({ deployments: deploys() })
    const { error } = await tell(findDeployment, api, runFrom42({ reason: 'ö'.repeat(400) }))
    expect(error).toBeUndefined()
    expect(api.standing(LIVE)).toBe('failure')
    expect(String(api.asked[0]?.body.description)).toHaveLength(140)
  })

  /** What GitHub makes for a job of this run whose environment does not say otherwise. */
  const ofThisRun = (state: string): Deployment => ({
    id: 3,
    sha: LIVE,
    environment: 'production',
    task: 'deploy',
    statuses: [{ state, log_url: 'https://github.com/acme/shop/actions/runs/17/job/5' }],
  })

  test('the deployment that GitHub makes for the job itself is not taken for the bad one', async () => {
    const own = ofThisRun('in_progress')
    await using api = await startFakeApi({ deployments: [...deploys(), own] })
    const { notices } = await tell(findDeployment, api, runFrom42())
    expect(own.statuses).toHaveLength(1)
    expect(api.deployments[1]?.statuses.at(-1)).toMatchObject({ state: 'failure' })
    expect(notices).toEqual([
      expect.stringContaining('`environment: { name: production, deployment: false }`'),
    ])
  })

  test.each([
    ['failure', 1],
    ['inactive', 2],
  ])(
    'that of a job before, which has deployed and ended with %s, is the bad one',
    async (state, statuses) => {
      const before = ofThisRun(state)
      await using api = await startFakeApi({ deployments: [...deploys(), before] })
      const { notices } = await tell(findDeployment, api, runFrom42())
      expect(before.statuses).toHaveLength(statuses)
      expect(before.statuses.at(-1)).toMatchObject({ state: 'failure' })
      expect(api.deployments[1]?.statuses).toHaveLength(1)
      expect(notices).toEqual([])
    },
  )

  test('that of the job which has deployed and watches is left to GitHub, which tells how that ends', async () => {
    const own = ofThisRun('in_progress')
    await using api = await startFakeApi({ deployments: [...deploys(), own] })
    const watch = { decision: 'rollback', for: 300, seconds: 60, every: 15, triggers: [] } as const
    const { notices } = await tell(findDeployment, api, runFrom42({ watch }))
    expect(own.statuses).toHaveLength(1)
    expect(api.standing(LIVE)).toBe('in_progress')
    expect(api.deployments[1]?.statuses.at(-1)).toMatchObject({ state: 'failure' })
    expect(notices).toEqual([])
  })

  test('the same commit, built twice, is not marked: it is what serves now', async () => {
    await using api = await startFakeApi({ deployments: deploys() })
    const twice = [host('web-1', { fromCommit: OLD, toCommit: OLD })]
    await tell(findDeployment, api, runFrom42({ hosts: twice }))
    expect(api.written).toEqual(['deployments', 'statuses success'])
  })
})

describe.concurrent('there is no deployment', PATIENT, () => {
  const { fromCommit: _, toCommit: __, ...unnamed } = host('web-1')

  test('when the commit is not known: nothing is asked, and one word says why', async () => {
    await using api = await startFakeApi()
    const { told } = await tell(findDeployment, api, runFrom42({ hosts: [unnamed] }))
    expect(told).toEqual([{ what: 'no deployment, because the commit of release 41 is not known', url: '' }])
    expect(api.asked).toEqual([])
  })

  test('when the run was refused at its very beginning: nothing has changed', async () => {
    await using api = await startFakeApi()
    await tell(findDeployment, api, runFrom42({ outcome: 'refused' }))
    expect(api.asked).toEqual([])
  })

  test('when the run was refused before it touched a host', async () => {
    await using api = await startFakeApi()
    const { told } = await tell(findDeployment, api, runFrom42({ outcome: 'refused' }), {}, false)
    expect(told).toEqual([])
    expect(api.asked).toEqual([])
  })

  test.each([
    ['on a terminal', { GITHUB_ACTIONS: undefined }],
    ['without a repository', { GITHUB_REPOSITORY: undefined }],
  ])('%s', async (_, variables) => {
    await using api = await startFakeApi()
    expect(await tell(findDeployment, api, runFrom42(), { variables })).toMatchObject({ told: [] })
    expect(api.asked).toEqual([])
  })

  test('for a drill', async () => {
    await using api = await startFakeApi()
    await tell(findDeployment, api, runFrom42(), { operation: 'drill' })
    expect(api.asked).toEqual([])
  })

  test.each([
    ['', 'add `deployments: write` below `permissions:` of the job'],
    ['deployments=write,contents=read; x=write', 'add `deployments: write, contents: read` below'],
  ])('when the token may not: one sentence with the YAML (%s)', async (accepted, yaml) => {
    await using api = await startFakeApi({ instead: () => notPermitted(accepted) })
    const { told, notices, error } = await tell(findDeployment, api, runFrom42())
    expect(error).toBeUndefined()
    expect(told).toEqual([])
    expect(notices).toEqual([expect.stringContaining(yaml)])
  })

  test.each<[Answer, RegExp]>([
    [{ status: 202, body: { message: 'Auto-merged main into 1111111.' } }, /made none \(202\): Auto-merged/],
    [
      { status: 409, body: { message: 'Conflict: checks failed' } },
      /409: a rule of acme\/shop .* checks failed/,
    ],
    [
      { status: 422, body: { message: 'No ref found for: 1111111', documentation_url: '' } },
      /422: No ref found for: 1111111\. Is the release a commit of acme\/shop\?/,
    ],
    [{ status: 404, body: { message: 'Not Found' } }, /404: .*acme\/shop, or the token may not see it/],
    [
      {
        status: 403,
        body: { message: 'API rate limit exceeded' },
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2000000000' },
      },
      /asked too much lately/,
    ],
  ])('when GitHub says no: %o', async (answer, said) => {
    await using api = await startFakeApi({ instead: ({ route }) => (route === CREATE ? answer : undefined) })
    const { error, notices } = await tell(findDeployment, api, runFrom42())
    expect(String(error)).toMatch(said)
    expect(notices).toEqual([])
    expect(api.asked).toHaveLength(1)
  })

  test('when nobody is there', async () => {
    const { error } = await tell(findDeployment, { url: 'http://127.0.0.1:9' }, runFrom42())
    expect(String(error)).toContain('GitHub could not be asked: ')
  })
})

describe.concurrent('a process that does not come to its end', PATIENT, () => {
  test('leaves behind what the step after it has to tell', async () => {
    await using api = await startFakeApi({ deployments: deploys() })
    const kept: Record<string, string> = {}
    const run = runFrom42()
    const [listener] = findDeployment(
      { operation: 'rollback', environment: {}, runbook: {} } as never,
      { token: TOKEN } as never,
      {
        variables: variablesOf(api),
        learn() {},
        notice() {},
        keep: (name, value) => void Object.assign(kept, { [name]: value }),
      },
    )
    await listener?.began(run)
    await vi.waitFor(() => expect(api.standing(OLD)).toBe('in_progress'), 30_000)
    expect(await endKeptDeployment(kept.deployment ?? '', TOKEN, variablesOf(api))).toBe(true)
    expect(api.deployments.at(-1)?.statuses.at(-1)).toMatchObject({
      state: 'error',
      description: `Run ${run.run} was cut off. What is live stands in the summary of its job`,
    })
    expect(api.standing(LIVE)).toBe('success')
  })

  test('that could not tell a good end has it told by the step after it', async () => {
    let down = true
    await using api = await startFakeApi({
      instead: ({ route, body }) =>
        down && route.endsWith('/statuses') && body.state === 'success'
          ? { status: 422, body: { message: 'later', documentation_url: '' } }
          : undefined,
    })
    const { kept, error } = await tell(findDeployment, api, runFrom42())
    expect(error).toBeDefined()
    down = false
    await endKeptDeployment(kept.deployment ?? '', TOKEN, variablesOf(api))
    expect(api.standing(OLD)).toBe('success')
  })

  test('has nothing more to tell when all was told', async () => {
    await using api = await startFakeApi()
    const { kept } = await tell(findDeployment, api, runFrom42())
    expect(await endKeptDeployment(kept.deployment ?? 'x', TOKEN, variablesOf(api))).toBe(false)
  })
})

test('a GitHub Enterprise Server is told the same, on its own pages', PATIENT, async () => {
  await using api = await startFakeApi({ description: 'ghes-3.17', deployments: deploys() })
  const variables = { GITHUB_SERVER_URL: 'https://github.example.com' }
  const { told } = await tell(findDeployment, api, runFrom42(), { variables })
  expect(api.standing(LIVE)).toBe('failure')
  expect(told[0]?.url).toBe('https://github.example.com/acme/shop/deployments/production')
})
