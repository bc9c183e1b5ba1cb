import { describe, expect, test } from 'vitest'
import { openApi } from '../../../src/github/api.ts'
import { troubleOf } from '../../../src/github/trouble.ts'
import { type Answer, PATIENT, startFakeApi } from '../../support/github-api.ts'

const REPOSITORY = { owner: 'acme', repo: 'shop' }
const LIST = 'GET /repos/{owner}/{repo}/issues'
const CREATE = 'POST /repos/{owner}/{repo}/issues'
const STATUS = 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'

/** Answers that come one after the other; then the fake's own. */
const first = (...answers: readonly Answer[]) => {
  const left = [...answers]
  return () => left.shift()
}
const down: Answer = { status: 502, body: { message: 'Bad gateway' } }

describe.concurrent('a request', PATIENT, () => {
  test('that GitHub fails at is tried again, and tells what came of it', async () => {
    await using api = await startFakeApi({ instead: first(down, down) })
    const { data } = await openApi('t', api.url).request(LIST, REPOSITORY)
    expect(data).toEqual([])
    expect(api.asked).toHaveLength(3)
  })

  test('that it goes on failing at ends', async () => {
    await using api = await startFakeApi({ instead: () => down })
    const error = await openApi('t', api.url)
      .request(LIST, REPOSITORY)
      .catch((thrown: unknown) => thrown)
    expect(troubleOf(error)).toMatchObject({ status: 502, message: 'Bad gateway' })
    expect(api.asked).toHaveLength(3)
  })

  test('that makes something is sent once: its answer may have got lost, and not the thing', async () => {
    await using api = await startFakeApi({ instead: () => down })
    const asked = openApi('t', api.url).request(CREATE, { ...REPOSITORY, title: 'x' })
    await expect(asked).rejects.toThrow('Bad gateway')
    expect(api.asked).toHaveLength(1)
  })

  test('that says how something stands may be sent twice', async () => {
    const deployment = { id: 1, sha: 'a', environment: 'production', task: 'deploy', statuses: [] }
    await using api = await startFakeApi({ instead: first(down), deployments: [deployment] })
    const status = { ...REPOSITORY, deployment_id: 1, state: 'success' as const }
    await openApi('t', api.url).request(STATUS, status)
    expect(deployment.statuses).toEqual([{ state: 'success' }])
  })

  test('that nobody answers is given up, however often it would be tried', async () => {
    await using api = await startFakeApi({ instead: () => 'silence' })
    await expect(openApi('t', api.url, 0.1).request(LIST, REPOSITORY)).rejects.toThrow(
      'no answer within 0.1 s',
    )
    expect(api.asked.length).toBeLessThanOrEqual(1)
  })

  test('that its caller has no time for any more ends with the reason', async () => {
    await using api = await startFakeApi({ instead: () => 'silence' })
    const stop = new AbortController()
    const asked = openApi('t', api.url).request(LIST, { ...REPOSITORY, request: { signal: stop.signal } })
    stop.abort(new Error('the plan is made'))
    await expect(asked).rejects.toThrow('the plan is made')
  })

  test('to where nobody is ends without an answer', async () => {
    const error = await openApi('t', 'http://127.0.0.1:9')
      .request(LIST, REPOSITORY)
      .catch((thrown: unknown) => thrown)
    expect(troubleOf(error)).toMatchObject({ status: 0, limited: false })
  })

  test.each([
    ['soon', '1', 2],
    ['in a minute', '60', 1],
  ])('that has to wait, and may be sent again %s', async (_, after, times) => {
    const limited: Answer = {
      status: 403,
      body: { message: 'You have exceeded a secondary rate limit' },
      headers: { 'retry-after': after },
    }
    await using api = await startFakeApi({ instead: first(limited) })
    const error = await openApi('t', api.url)
      .request(LIST, REPOSITORY)
      .then(() => undefined)
      .catch((thrown: unknown) => thrown)
    expect(api.asked).toHaveLength(times)
    if (times === 1) expect(troubleOf(error)).toMatchObject({ limited: true })
  })
})
