import { describe, expect, test } from 'vitest'
import { beginning, noticeOf } from '../../../src/notify/message.ts'
import { report } from '../../support/reports.ts'
import { failed, over, started } from './stories.ts'

const value = ({ facts }: ReturnType<typeof over>, name: string) =>
  facts.find(each => each.name === name)?.value

test('that a rollback has begun: who, why, from where to where, how long it may take, and where to look', () => {
  const message = started()
  expect(message.title).toBe('fap-api · production: a rollback has begun')
  expect(message.facts).toEqual([
    { name: 'Release', value: '42 → 41' },
    { name: 'Rollback', value: 'Application release' },
    { name: 'Hosts', value: 'web-1 and web-2' },
    { name: 'Asked by', value: 'mei' },
    { name: 'Why', value: 'checkout answers 500 since 14:02' },
    { name: 'Expected', value: 'within 5 min' },
  ])
  expect(message.link).toBe('https://github.com/acme/shop/actions/runs/17')
})

test('that it is over, in time and with what was looked at', () => {
  const message = over()
  expect(message).toMatchObject({
    notice: 'rolled-back',
    title: 'fap-api · production is back on release 41',
    lines: [],
  })
  expect(value(message, 'Took')).toBe('8.4 s (target 5 min)')
  expect(value(message, 'Checks')).toMatch(/^\d of 6 checks passed$/)
  expect(value(over({ rtoMet: false }), 'Took')).toBe('8.4 s (target 5 min, missed)')
})

describe('that it failed: what that means and what to do now', () => {
  test.each([
    ['refused', 'Nothing was changed on any host.', 'Now: Mend what the run names, and run it again.'],
    ['restored', 'every host is back where it was', 'Now: '],
    ['needs-operator', 'somebody has to act now', 'Now: '],
    ['unknown', 'what is live is not known', 'Now: Run "operation: status"'],
  ] as const)('%s', (outcome, means, now) => {
    const { notice, sign, lines } = over({ outcome, hosts: [], undo: [] })
    expect([notice, sign]).toEqual(['failed', '❌'])
    expect(lines[0]).toContain(means)
    expect(lines.at(-1)).toContain(now)
  })

  test('the reason and the first remedy are those of the run', () => {
    expect(over(failed).lines).toEqual([
      'It is in between, and the lock is kept: somebody has to act now.',
      'web-1 did not go back: "current" is a folder.',
      'Now: Mend "current".',
    ])
  })
})

test('a drill that failed is a matter for the day: everything is as it was, and its report says what went wrong', () => {
  const { notice, lines } = over({ operation: 'drill', outcome: 'restored', hosts: [], undo: [] })
  expect(notice).toBe('failed')
  expect(lines[0]).toBe('The drill did not come to a good end, and every host is as it was before it.')
  expect(lines.join(' ')).not.toContain('bad release')
})

test.each([
  ['plan', 'planned'],
  ['status', 'reported'],
  ['guard', 'refused'],
  ['status', 'refused'],
  ['rollback', 'unchanged'],
] as const)('nobody is woken by %s that ends %s', (operation, outcome) => {
  expect(noticeOf(report({ operation, outcome }))).toBeUndefined()
})

test('a link is made of what GitHub says, or not at all', () => {
  expect(beginning(report({ workflowRun: '' }), 'https://github.com').link).toBe('')
  expect(beginning(report({ workflowRun: '/a/b/actions/runs/1)[x](' }), 'https://github.com').link).toBe('')
  expect(beginning(report(), 'javascript://x').link).toBe('')
  expect(beginning(report(), 'https://github.example:8443').link).toBe(
    'https://github.example:8443/acme/shop/actions/runs/17',
  )
})
