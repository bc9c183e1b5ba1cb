import { describe, expect, test } from 'vitest'
import { fetchChanges } from '../../../src/github/changes.ts'
import { type Answer, type Asked, type FakeApi, PATIENT, startFakeApi } from '../../support/github-api.ts'
import { describedApi } from '../../support/github-api-description.ts'
import { LIVE, OLD, TOKEN, variablesOf } from './fixture.ts'

const EXAMPLE = describedApi().example('commit-comparison')
const [COMMIT] = EXAMPLE.commits as { commit: object }[]

/** A history of so many commits that the old release lacks, told page by page, the oldest first. */
const history =
  (count: number, behind = 0) =>
  ({ parameters, query }: Asked): Answer => {
    const back = parameters.basehead === `${OLD}...${LIVE}`
    const [ahead_by, behind_by] = back ? [count, behind] : [behind, count]
    const size = Number(query.per_page)
    const from = (Number(query.page ?? 1) - 1) * size
    const commits = Array.from({ length: Math.max(0, Math.min(size, ahead_by - from)) }, (_, at) => ({
      ...COMMIT,
      sha: String(from + at + 1).padStart(40, '0'),
      commit: { ...COMMIT?.commit, message: `Change ${from + at + 1}\n\nwhy` },
    }))
    return { status: 200, body: { ...EXAMPLE, ahead_by, behind_by, total_commits: ahead_by, commits } }
  }

const ask = (api: FakeApi, signal = new AbortController().signal) =>
  fetchChanges(LIVE, OLD, TOKEN, signal, variablesOf(api))

describe.concurrent('what lies between two commits', PATIENT, () => {
  test('is what the old one lacks, the newest first', async () => {
    await using api = await startFakeApi({ instead: history(2) })
    expect(await ask(api)).toEqual({
      takenBack: 2,
      broughtIn: 0,
      commits: [
        { commit: '2'.padStart(40, '0'), subject: 'Change 2', side: 'taken-back' },
        { commit: '1'.padStart(40, '0'), subject: 'Change 1', side: 'taken-back' },
      ],
    })
    expect(api.asked).toHaveLength(1)
  })

  test('is what it brings in, where it is the newer one', async () => {
    await using api = await startFakeApi({ instead: history(0, 1) })
    expect(await ask(api)).toMatchObject({
      takenBack: 0,
      broughtIn: 1,
      commits: [{ subject: 'Change 1', side: 'brought-in' }],
    })
  })

  test.each([
    ['taken back', history(101), 101],
    ['taken back, over three answers', history(250), 250],
    ['brought in', history(0, 101), 101],
  ])('begins with the newest of more than one answer holds: %s', async (_, instead, count) => {
    await using api = await startFakeApi({ instead })
    const { commits } = await ask(api)
    expect(commits.slice(0, 2).map(({ subject }) => subject)).toEqual([
      `Change ${count}`,
      `Change ${count - 1}`,
    ])
  })

  test('is the same on a GitHub Enterprise Server', async () => {
    await using api = await startFakeApi({ instead: history(2), description: 'ghes-3.17' })
    expect(await ask(api)).toMatchObject({ takenBack: 2 })
  })

  test.each<[number, string]>([
    [404, 'GitHub does not know both of them'],
    [403, 'GitHub wants the permission contents: read'],
    [500, 'GitHub did not answer'],
  ])('is not known, and one request says why: %i', async (status, said) => {
    await using api = await startFakeApi({ instead: () => ({ status, body: { message: 'no' } }) })
    await expect(ask(api)).rejects.toThrow(said)
    expect(api.asked).toHaveLength(1)
  })

  test('is given up when nobody waits for it any more', async () => {
    await using api = await startFakeApi({ instead: () => 'silence' })
    const stop = new AbortController()
    const asked = ask(api, stop.signal)
    stop.abort(new Error('the plan is made'))
    await expect(asked).rejects.toThrow('GitHub did not answer')
  })
})
