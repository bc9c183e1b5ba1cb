import { describe, expect, test } from 'vitest'
import { findDrillIssue } from '../../../src/github/drill-issue.ts'
import type { RunReport } from '../../../src/outcome.ts'
import type { DrillAudit } from '../../../src/runbook/audit.ts'
import { drilled, scenario } from '../../support/drills.ts'
import { type Issue, notPermitted, PATIENT, startFakeApi } from '../../support/github-api.ts'
import { type Job, tell } from './fixture.ts'

const asked = (more: Partial<DrillAudit> = {}): Job => ({
  operation: 'drill',
  audit: { drill: { when: 'always', labels: ['drill'], ...more }, comment: [] },
})
const passed = (given: Partial<RunReport> = {}) => drilled([scenario()], given)
const missed = (given: Partial<RunReport> = {}) =>
  drilled([scenario({ took: 130, rtoMet: false })], { outcome: 'restored', ...given })

const open = (more: Partial<Issue> = {}): Issue => ({
  number: 1,
  title: 'Drill monthly: aura-flow · staging passed its drill, and is as it was before',
  body: '<!-- rollbook: aura-flow / staging / drill monthly / run 20261019T080000Z-1111 -->\nWe should …',
  labels: ['drill'],
  state: 'open',
  comments: [],
  ...more,
})

describe.concurrent('the issue of a drill', PATIENT, () => {
  test('is its report, with the labels of the runbook', async () => {
    await using api = await startFakeApi()
    const { told, notices, error } = await tell(findDrillIssue, api, passed(), asked())
    expect(error).toBeUndefined()
    expect(api.issues).toMatchObject([{ labels: ['drill'] }])
    expect(api.issues[0]?.title).toMatch(/^Drill monthly: aura-flow · staging passed its drill/)
    expect(api.issues[0]?.body).toContain('# Drill report: aura-flow · staging')
    expect(api.issues[0]?.body).toContain('/ drill monthly / run 20261120T141055Z-8d1f -->')
    expect(told).toEqual([{ what: 'issue #1', url: 'https://github.com/acme/shop/issues/1' }])
    expect(notices).toEqual([])
  })

  test('goes on in the open one of the same drill, which is called like the newest from then on', async () => {
    await using api = await startFakeApi({ issues: [open()] })
    await tell(findDrillIssue, api, missed(), asked())
    expect(api.issues).toHaveLength(1)
    expect(api.issues[0]?.body).toContain('We should …')
    expect(api.issues[0]?.comments).toEqual([expect.stringContaining('# Drill report')])
    expect(api.issues[0]?.title).not.toContain('passed its drill')
  })

  test('told twice is written anew, and not opened twice', async () => {
    await using api = await startFakeApi()
    await tell(findDrillIssue, api, passed({ outcome: 'unknown' }), asked())
    await tell(findDrillIssue, api, passed(), asked())
    expect(api.issues).toMatchObject([{ comments: [], title: expect.stringContaining('passed its drill') }])
  })

  test.each<[string, Issue]>([
    ['is closed', open({ state: 'closed' })],
    ['is of another drill', open({ body: open().body.replace('monthly', 'yearly') })],
    ['is of another environment', open({ body: open().body.replace('staging', 'test') })],
    ['is that of a rollback', open({ body: open().body.replace(' drill monthly /', '') })],
    ['was opened by a stranger', open({ author: 'NONE' })],
  ])('is a new one where the other %s', async (_, other) => {
    await using api = await startFakeApi({ issues: [other] })
    await tell(findDrillIssue, api, passed(), asked())
    expect(api.issues).toHaveLength(2)
    expect(other.comments).toEqual([])
  })

  test('of those that failed alone: one that went well ends what is open, and opens none', async () => {
    await using without = await startFakeApi()
    await tell(findDrillIssue, without, passed(), asked({ when: 'failed' }))
    expect(without.issues).toEqual([])
    await using api = await startFakeApi()
    await tell(findDrillIssue, api, missed({ run: '20261020T080000Z-2222' }), asked({ when: 'failed' }))
    await tell(findDrillIssue, api, passed(), asked({ when: 'failed' }))
    expect(api.issues).toMatchObject([
      { comments: [expect.any(String)], title: expect.stringContaining('passed its drill') },
    ])
  })

  test('is cut where it is longer than GitHub takes', async () => {
    await using api = await startFakeApi()
    const message = 'ö'.repeat(9_000)
    const problem = { code: 'RB-CHECK', message, remedy: [] }
    const all = Array.from({ length: 60 }, (_, at) =>
      scenario({ number: at + 1, title: 'ö'.repeat(900), problem }),
    )
    await tell(findDrillIssue, api, drilled(all), asked())
    expect(api.issues[0]?.body.length).toBeLessThanOrEqual(65_536)
  })

  test.each<[string, RunReport, Job]>([
    ['a drill that was refused', passed({ outcome: 'refused' }), asked()],
    ['a rollback', passed(), { ...asked(), operation: 'rollback' }],
    ['a runbook that asks for none', passed(), { operation: 'drill' }],
    ['a terminal', passed(), { ...asked(), variables: { GITHUB_ACTIONS: 'false' } }],
  ])('is none for %s', async (_, run, job) => {
    await using api = await startFakeApi()
    await tell(findDrillIssue, api, run, job)
    expect(api.asked).toEqual([])
  })

  test('that the token may not open is one sentence with the YAML', async () => {
    await using api = await startFakeApi({ instead: () => notPermitted() })
    const { error, notices } = await tell(findDrillIssue, api, passed(), asked())
    expect(error).toBeUndefined()
    expect(notices).toEqual([expect.stringMatching(/this drill .*add `issues: write` below `permissions:`/)])
  })

  test('where there are no issues says which key asks for one', async () => {
    const gone = { status: 410, body: { message: 'Issues are disabled for this repo' } }
    await using api = await startFakeApi({ instead: () => gone })
    const { error } = await tell(findDrillIssue, api, passed(), asked())
    expect(String(error)).toContain('take audit: drill out of the runbook')
  })

  test('is the same on a GitHub Enterprise Server', async () => {
    await using api = await startFakeApi({ description: 'ghes-3.17', issues: [open()] })
    const { error } = await tell(findDrillIssue, api, passed(), asked())
    expect(error).toBeUndefined()
    expect(api.issues[0]?.comments).toHaveLength(1)
  })
})
