import { describe, expect, test } from 'vitest'
import { openAudience } from '../../../src/operation/audience.ts'
import type { Listener } from '../../../src/operation/listener.ts'
import type { RunHeading, RunReport } from '../../../src/outcome.ts'
import { toldMarkdown } from '../../../src/report/told.ts'

const heading = { run: 'r1' } as RunHeading
const report = { run: 'r1', outcome: 'rolled-back' } as RunReport

function audience(listeners: readonly Listener[], patience?: number) {
  const warnings: string[] = []
  return { ...openAudience(listeners, { warning: text => warnings.push(text) }, patience), warnings }
}

describe('those who listen to a run', () => {
  test('hear how it ended only after they have heard that it began', async () => {
    const heard: string[] = []
    const { began, ended } = audience([
      {
        name: 'the page',
        async began() {
          await new Promise(resolve => setTimeout(resolve, 20))
          heard.push('began')
        },
        async ended({ outcome }) {
          heard.push(outcome)
          return [{ what: 'page', url: 'https://example.com/1' }]
        },
      },
    ])
    began(heading)
    expect(await ended(report)).toEqual([{ what: 'page', url: 'https://example.com/1' }])
    expect(heard).toEqual(['began', 'rolled-back'])
  })

  test('what one of them throws is a warning, and the others are told all the same', async () => {
    const { began, ended, warnings } = audience([
      {
        name: 'the webhook',
        began: () => Promise.reject(new Error('no route')),
        ended: () => Promise.reject(new Error('still no route')),
      },
      { name: 'the page', began: async () => {}, ended: async () => [{ what: 'page', url: '' }] },
    ])
    began(heading)
    expect(await ended(report)).toEqual([{ what: 'page', url: '' }])
    expect(warnings).toEqual([
      expect.stringContaining('The webhook could not be told: no route'),
      expect.stringContaining('The webhook could not be told: still no route'),
    ])
  })

  test('one that never answers costs its time and no more', async () => {
    const { ended, warnings } = audience(
      [
        { name: 'the webhook', began: async () => {}, ended: () => new Promise(() => {}) },
        { name: 'the page', began: async () => {}, ended: async () => [{ what: 'page', url: '' }] },
      ],
      0.05,
    )
    expect(await ended(report)).toEqual([{ what: 'page', url: '' }])
    expect(warnings).toEqual(['The webhook did not answer within 0.05 s.'])
  })
})

test('a place is a link only when its address can be nothing else', () => {
  expect(toldMarkdown([{ what: 'issue #17', url: 'https://example.com/17' }])).toBe(
    '\nTold: [issue #&#8203;17](https://example.com/17)\n',
  )
  expect(toldMarkdown([{ what: 'chat', url: 'javascript:alert(1)' }])).toBe('\nTold: chat\n')
})
