import { describe, expect, test } from 'vitest'
import { findIncidentIssue } from '../../../src/github/incident-issue.ts'
import type { RunReport } from '../../../src/outcome.ts'
import type { IssueAudit } from '../../../src/runbook/audit.ts'
import { type Answer, type Issue, notPermitted, PATIENT, startFakeApi } from '../../support/github-api.ts'
import { runFrom42, tell } from './fixture.ts'

const DAY = 24 * 3600
const issue = (more: Partial<IssueAudit> = {}) => ({
  audit: { issue: { when: 'always', due: DAY, labels: ['postmortem'], ...more } as const, comment: [] },
})
const RUN = '20261120T141055Z-8d1f'

const open = (more: Partial<Issue> = {}): Issue => ({
  number: 1,
  title: 'Rollback: fap-api',
  body: `<!-- rollbook: fap-api / production / run 20261119T080000Z-1111 -->\nThe cause was …`,
  labels: ['postmortem'],
  state: 'open',
  comments: [],
  ...more,
})

describe.concurrent('the issue of a run', PATIENT, () => {
  test('is its report, with a time until which people fill it in, and the labels of the runbook', async () => {
    await using api = await startFakeApi()
    const { told, notices } = await tell(findIncidentIssue, api, runFrom42(), issue())
    const [made] = api.issues
    expect(made).toMatchObject({
      title: 'Rollback: fap-api · production is back on release 41',
      labels: ['postmortem'],
    })
    expect(made?.body).toContain(`<!-- rollbook: fap-api / production / run ${RUN} -->`)
    expect(made?.body).toContain('**Due:** 2026-11-21 14:11 UTC')
    expect(made?.body).toContain('## Root cause')
    expect(made?.body).toContain('**To fill in**')
    expect(told).toEqual([{ what: 'issue #1', url: 'https://github.com/acme/shop/issues/1' }])
    expect(notices).toEqual([])
  })

  test('fits, whatever the hosts printed', async () => {
    await using api = await startFakeApi()
    const warnings = Array.from({ length: 400 }, (_, at) => `${at} ${'ö'.repeat(300)}`)
    const lines = Array.from({ length: 200 }, () => 'x'.repeat(900))
    const diagnosis = [{ host: 'web-1', title: 'journal', lines }]
    await tell(findIncidentIssue, api, runFrom42({ warnings, diagnosis }), issue())
    expect(api.issues[0]?.body.length).toBeGreaterThan(1000)
    expect(api.issues[0]?.body.length).toBeLessThanOrEqual(65_536)
  })

  test('goes into the open one of the same environment, where people have begun to write', async () => {
    await using api = await startFakeApi({ issues: [open()] })
    const { told } = await tell(findIncidentIssue, api, runFrom42(), issue())
    expect(api.issues).toHaveLength(1)
    expect(api.issues[0]?.body).toContain('The cause was …')
    expect(api.issues[0]?.comments).toEqual([expect.stringContaining(`run ${RUN} -->`)])
    expect(told).toMatchObject([{ what: 'issue #1' }])
  })

  test.each([
    ['NONE', 'a stranger', 2],
    ['MEMBER', 'a token of somebody who belongs to the repository', 1],
  ] as const)('opened with our marker by %s, %s: then there are %i', async (author, _, count) => {
    await using api = await startFakeApi({ issues: [open({ author })] })
    await tell(findIncidentIssue, api, runFrom42(), issue())
    expect(api.issues).toHaveLength(count)
  })

  test('told twice is written anew, and not opened twice', async () => {
    await using api = await startFakeApi()
    await tell(findIncidentIssue, api, runFrom42({ outcome: 'unknown' }), issue())
    await tell(findIncidentIssue, api, runFrom42({ outcome: 'restored' }), issue())
    expect(api.issues).toHaveLength(1)
    expect(api.issues[0]).toMatchObject({ comments: [], body: expect.stringContaining('restored') })
  })

  test.each<[string, Issue]>([
    ['is closed', open({ state: 'closed' })],
    ['is of another environment', open({ body: open().body.replace('production', 'staging') })],
    ['is none of ours', open({ body: 'A rollback of fap-api in production' })],
  ])('is a new one where the other %s', async (_, other) => {
    await using api = await startFakeApi({ issues: [other] })
    await tell(findIncidentIssue, api, runFrom42(), issue())
    expect(api.issues).toHaveLength(2)
    expect(other.comments).toEqual([])
  })

  test('of an undo is a further chapter where one is open, and none of its own', async () => {
    const undone = runFrom42({ operation: 'undo', outcome: 'undone' })
    await using without = await startFakeApi()
    await tell(findIncidentIssue, without, undone, issue())
    expect(without.issues).toEqual([])
    await using api = await startFakeApi({ issues: [open()] })
    await tell(findIncidentIssue, api, undone, issue())
    expect(api.issues[0]?.comments).toHaveLength(1)
  })

  test.each<[IssueAudit['when'], Partial<RunReport>, number]>([
    ['always', { outcome: 'rolled-back' }, 1],
    ['always', { outcome: 'refused' }, 0],
    ['always', { operation: 'status', outcome: 'reported' }, 0],
    ['failed', { outcome: 'rolled-back' }, 0],
    ['failed', { outcome: 'restored' }, 1],
    ['failed', { outcome: 'needs-operator' }, 1],
    ['failed', { outcome: 'unknown' }, 1],
    [['level-2'], { rollback: 'level-1' }, 0],
    [['level-2'], { rollback: 'level-2' }, 1],
  ])('is opened when: %o, after %o: %i', async (when, run, issues) => {
    await using api = await startFakeApi()
    await tell(findIncidentIssue, api, runFrom42(run), issue({ when }))
    expect(api.issues).toHaveLength(issues)
    if (issues === 0) expect(api.asked).toEqual([])
  })

  test('is not asked for by a runbook without audit, nor outside of a job', async () => {
    await using api = await startFakeApi()
    await tell(findIncidentIssue, api, runFrom42())
    await tell(findIncidentIssue, api, runFrom42(), { ...issue(), variables: { GITHUB_ACTIONS: 'false' } })
    expect(api.asked).toEqual([])
  })

  test('that the token may not open is one sentence with the YAML', async () => {
    await using api = await startFakeApi({ instead: () => notPermitted() })
    const { error, notices } = await tell(findIncidentIssue, api, runFrom42(), issue())
    expect(error).toBeUndefined()
    expect(notices).toEqual([expect.stringContaining('add `issues: write` below `permissions:` of the job')])
  })

  test.each<[Answer, RegExp]>([
    [
      { status: 410, body: { message: 'Issues are disabled for this repo' } },
      /acme\/shop has no issues \(410\)/,
    ],
    [{ status: 503, body: { message: 'Service unavailable' } }, /GitHub says 503: Service unavailable/],
  ])('that GitHub does not take says why', async (answer, said) => {
    const created = (route: string) => route === 'POST /repos/{owner}/{repo}/issues'
    await using api = await startFakeApi({ instead: ({ route }) => (created(route) ? answer : undefined) })
    const { error } = await tell(findIncidentIssue, api, runFrom42(), issue())
    expect(String(error)).toMatch(said)
  })

  test('is the same on a GitHub Enterprise Server', async () => {
    await using api = await startFakeApi({ description: 'ghes-3.17', issues: [open()] })
    const { error } = await tell(findIncidentIssue, api, runFrom42(), issue())
    expect(error).toBeUndefined()
    expect(api.issues[0]?.comments).toHaveLength(1)
  })
})
