import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BREAKABLE, breaking } from '../bundle/breaking.ts'
import { startFakeApi } from '../support/github-api.ts'
import { ACTION, makeProduction, type Production } from '../support/production.ts'
import { runWorkflow, type Start } from '../support/workflow/workflow.ts'
import { outcomesOf, told } from './shop.ts'

type Keys = Readonly<Record<string, unknown>>

/** 3 is live and works, 4 does not: the drill makes it live, sees that, goes back to 2, and then to 3 again. */
const makeStaging = ({ drills = true, ...release }: Keys = {}, top: Keys = {}): Promise<Production> =>
  makeProduction({
    machines: { web: BREAKABLE },
    runbook: ({ hosts, path, urls }) => ({
      rollback: { rto: '2m', ...release },
      top: {
        environments: { staging: { url: urls[0], hosts, drills } },
        drills: { monthly: [breaking({ path, urls })] },
        ...top,
      },
    }),
  })

const run = ({ workspace, inputs, key }: Production, file: string, by: string, start: Partial<Start> = {}) =>
  runWorkflow(file, by, {
    workspace,
    vars: { KNOWN_HOSTS: inputs['known-hosts'] },
    ...start,
    secrets: { SSH_PRIVATE_KEY: key.private, ...start.secrets },
  })

const MONTHLY = 'workflows-templates/drill-monthly.yml'

/** A workflow of a user that calls one of ours every month. */
const caller = async ({ workspace }: Production, called: string, secrets = ''): Promise<string> => {
  const path = join(workspace, 'caller.yml')
  const text = `name: Caller
on: { schedule: [{ cron: '23 9 3 * *' }] }
jobs:
  drill:
    uses: rollbook/rollbook/.github/workflows/${called}@v1
    with:
      environment: staging
    secrets:
      SSH_PRIVATE_KEY: \${{ secrets.SSH_PRIVATE_KEY }}
${secrets}`
  await writeFile(path, text)
  return path
}

describe.concurrent('the monthly drill', { timeout: 300_000 }, () => {
  test.each([
    ['schedule', {}, 'Monthly drill'],
    ['workflow_dispatch', { reason: 'a new colleague', drill: 'monthly' }, 'a new colleague'],
  ])('by %s: broken, rolled back, as it was, and its results are kept', async (by, inputs, why) => {
    await using staging = await makeStaging()
    const { drill } = await run(staging, MONTHLY, by, { inputs })
    expect(outcomesOf(drill), told(drill)).toEqual(['drilled'])
    expect(drill?.result).toBe('success')
    const [first, upload] = drill?.steps ?? []
    expect(first?.action?.outputFiles.report).toContain(why)
    expect(first?.action?.outputFiles.junit).toContain('<testsuites')
    expect(upload?.outcome).toBe('success')
    expect(staging.machines[0].site.live()).toBe('3')
  })

  test('where nobody has said that drills are welcome: nothing is touched, and the run is red', async () => {
    await using staging = await makeStaging({ drills: false })
    const { drill } = await run(staging, MONTHLY, 'schedule')
    expect(outcomesOf(drill), told(drill)).toEqual(['refused'])
    expect(drill?.result).toBe('failure')
    expect(staging.machines[0].ssh.counts.connections).toBe(0)
  })
})

describe('a drill that is called', { timeout: 300_000 }, () => {
  const HANDED = `      RUNBOOK_SECRETS: |
        API_TOKEN=\${{ secrets.API_TOKEN }}
        API_KEY<<END_OF_KEY
        \${{ secrets.API_KEY }}
        END_OF_KEY
`
  const SECRETS = { API_TOKEN: 'hush-4711 = "hush"', API_KEY: 'first-1234\nsecond-5678' }
  const start = {
    run: 'test "$API_TOKEN" = \'hush-4711 = "hush"\' && echo "got $API_TOKEN" && test "$(echo "$API_KEY" | wc -l)" = 2',
    env: ['API_TOKEN', 'API_KEY'],
  }

  test('is handed the secrets that its runbook names, tells its caller, and shows none of them', async () => {
    await using staging = await makeStaging({ start: [start] })
    const file = await caller(staging, 'drill.yml', HANDED)
    const { drill } = await run(staging, file, 'schedule', { secrets: SECRETS })
    expect(outcomesOf(drill), told(drill)).toEqual(['drilled'])
    expect(drill?.outputs).toMatchObject({ outcome: 'drilled', 'rto-met': 'true', backups: '[]' })
    expect(drill?.steps.map(({ outcome }) => outcome)).toEqual(['success', 'success'])
    const [first] = drill?.steps ?? []
    const raw = first?.action?.rawLog.filter(line => !line.startsWith('::add-mask::')).join('\n') ?? ''
    const files = Object.values(first?.action?.outputFiles ?? {}).join('\n')
    for (const part of ['hush-4711', 'first-1234', 'second-5678']) {
      expect(raw).not.toContain(part)
      expect(files).not.toContain(part)
      expect(first?.action?.summary).not.toContain(part)
    }
  })

  test('without them: refused by name and place, before any connection', async () => {
    await using staging = await makeStaging({ start: [start] })
    const { drill } = await run(staging, await caller(staging, 'drill.yml'), 'schedule')
    expect(outcomesOf(drill)).toEqual(['refused'])
    expect(told(drill)).toMatch(/rollbook\.yml:\d+:\d+ API_TOKEN/)
    expect(told(drill)).toContain('in its secret RUNBOOK_SECRETS')
    expect(staging.machines[0].ssh.counts.connections).toBe(0)
  })

  test('as the guide has it, with its report as an issue that goes on with the next one', async () => {
    const start = { run: 'test "$DB_PASSWORD" = hush-4711', env: ['DB_PASSWORD'] }
    await using staging = await makeStaging({ start: [start] }, { audit: { drill: { labels: ['drill'] } } })
    await using api = await startFakeApi()
    const guide = await readFile(join(ACTION, 'docs/guides/drills.md'), 'utf8')
    const file = join(staging.workspace, 'guide.yml')
    await writeFile(file, /```yaml\n(name: Drill\n.*?)```/s.exec(guide)?.[1] ?? '')
    const github = { api_url: api.url, token: 'ghs_0123456789abcdefghijklmnopqrstuvwxyz' }
    for (const comments of [0, 1]) {
      const { drill } = await run(staging, file, 'schedule', {
        github,
        secrets: { DB_PASSWORD: 'hush-4711' },
      })
      expect(outcomesOf(drill), told(drill)).toEqual(['drilled'])
      expect(api.issues).toHaveLength(1)
      expect(api.issues[0]?.comments, told(drill)).toHaveLength(comments)
    }
    expect(api.issues[0]?.title).toContain('passed its drill')
    expect(api.issues[0]?.body).toContain('Monthly drill')
    // A drill is no deployment, and no incident.
    expect(api.deployments).toEqual([])
  })
})
