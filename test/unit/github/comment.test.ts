import { describe, expect, test } from 'vitest'
import { findComments } from '../../../src/github/comment.ts'
import type { RunReport } from '../../../src/outcome.ts'
import type { CommentPlace } from '../../../src/runbook/audit.ts'
import { notPermitted, PATIENT, startFakeApi } from '../../support/github-api.ts'
import { host } from '../../support/reports.ts'
import { LIVE, runFrom42, tell } from './fixture.ts'

const on = (...comment: readonly CommentPlace[]) => ({ audit: { comment } })

describe.concurrent('who made the release that was taken back', PATIENT, () => {
  test('reads of it on the commit and on the merged pull request', async () => {
    await using api = await startFakeApi({ pulls: { 6: false, 7: true } })
    const { told } = await tell(findComments, api, runFrom42(), on('commit', 'pull-request'))
    expect(api.comments.map(each => each.split(':')[0])).toEqual([LIVE, '7'])
    const [text = ''] = api.comments
    expect(text).toContain('**Rolled back**: fap-api · production is back on release 41.')
    expect(text).toContain('`41` (111111111111)')
    expect(text).toContain('> checkout answers 500 since 14')
    expect(text).toContain('https://github.com/acme/shop/actions/runs/17')
    expect(told.map(({ what }) => what)).toEqual(['commit 2222222', 'pull request #7'])
  })

  test('is not mentioned, linked or quoted by a reason that tries to', async () => {
    await using api = await startFakeApi()
    await tell(findComments, api, runFrom42({ reason: '@everyone fixes #3\n# big' }), on('commit'))
    expect(api.comments[0]).not.toMatch(/@everyone|#3|^# big/m)
  })

  test.each<RunReport['outcome']>(['restored', 'refused', 'unknown', 'undone'])(
    'reads nothing after %s: the release was not taken back',
    async outcome => {
      await using api = await startFakeApi()
      await tell(findComments, api, runFrom42({ outcome }), on('commit', 'pull-request'))
      expect(api.asked).toEqual([])
    },
  )

  test('reads nothing where the runbook does not ask for it', async () => {
    await using api = await startFakeApi()
    await tell(findComments, api, runFrom42(), on())
    expect(api.asked).toEqual([])
  })

  test('cannot be told when nobody knows the commit', async () => {
    const { fromCommit: _, ...unnamed } = host('web-1')
    await using api = await startFakeApi()
    const { told } = await tell(findComments, api, runFrom42({ hosts: [unnamed] }), on('commit'))
    expect(told).toEqual([
      { what: 'no comment on the commit, because the commit of release 42 is not known', url: '' },
    ])
  })

  test.each<[CommentPlace, string]>([
    ['commit', 'contents: write'],
    ['pull-request', 'pull-requests: write'],
  ])('cannot be told on the %s without a permission', async (place, permission) => {
    await using api = await startFakeApi({ instead: () => notPermitted() })
    const { error, notices } = await tell(findComments, api, runFrom42(), on(place))
    expect(error).toBeUndefined()
    expect(notices).toEqual([expect.stringContaining(`add \`${permission}\` below \`permissions:\``)])
  })
})
