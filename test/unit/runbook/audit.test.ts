import { describe, expect, test } from 'vitest'
import { example, load, refusal, runbook } from './fixture.ts'

const audit = (text: string) => runbook('', `audit:\n  ${text}`)

describe('what a runbook says of issues and comments', () => {
  test('is read as it was written in the documents', () => {
    expect(example('template').audit?.issue).toEqual({
      when: 'always',
      due: 24 * 3600,
      labels: ['postmortem'],
    })
    expect(example('easy-erp').audit?.issue).toMatchObject({ when: ['level-2', 'level-3'], due: 48 * 3600 })
  })

  test('asks for no comment, and for an issue of every run, unless it says so', () => {
    expect(load(runbook()).audit).toBeUndefined()
    expect(load(audit('issue: {}')).audit).toEqual({ issue: { when: 'always', labels: [] }, comment: [] })
    expect(load(audit('comment: [commit, pull-request]')).audit?.comment).toEqual(['commit', 'pull-request'])
  })

  test('has the report of a drill as an issue of its own, whatever becomes of rollbacks', () => {
    expect(load(audit('drill: {}')).audit).toEqual({ drill: { when: 'always', labels: [] }, comment: [] })
    expect(load(audit('drill: { when: failed, labels: [drill] }')).audit?.drill).toEqual({
      when: 'failed',
      labels: ['drill'],
    })
  })

  test.each([
    ['issue: { when: sometimes }', 'Expected always, failed, or a list of rollbacks.'],
    ['issue: { when: [relaese] }', 'There is no rollback called "relaese". Did you mean "release"?'],
    ['issue: { due: 1w }', 'Expected a time in hours or days, such as 24h or 3d.'],
    ['issue: { due: 24 }', 'Expected a time such as 24h or 3d. If it is meant as text, put it in quotes.'],
    ['issue: { labels: ["a,b"] }', 'A label has at most 50 characters, without a comma.'],
    ['drill: { when: [release] }', 'Expected always or failed.'],
    ['drill: { due: 24h }', 'Unknown key.'],
    ['comment: [chat]', 'Expected commit or pull-request.'],
    ['isue: {}', 'Unknown key. Did you mean "issue"?'],
  ])('that cannot be meant is refused: %s', (text, said) => {
    expect(refusal(audit(text)).message).toContain(said)
  })
})
