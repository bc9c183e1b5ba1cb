import { describe, expect, test } from 'vitest'
import { example, load, refusal, runbook } from './fixture.ts'

const METRICS = [
  'metrics:',
  '  prometheus: https://prometheus.example.com',
  '  compare:',
  '    error-rate: sum(rate(errors[5m]))',
  '    response-time: max(latency)',
]

/** The problems of a runbook with these lines at its top level. */
const problems = (...lines: string[]): string[] => {
  const { problems: found } = refusal(runbook('', lines.join('\n')))
  return found.map(({ field, message }) => `${field}: ${message}`)
}

const loaded = (...lines: string[]) => load(runbook('', lines.join('\n')))

describe('triggers', () => {
  test('of the template are read as they stand, with their places', () => {
    const { metrics, triggers, watch } = example('template')
    expect(metrics?.prometheus).toBe('https://prometheus.example.com')
    expect(Object.keys(metrics?.compare ?? {})).toEqual([
      'availability',
      'error-rate',
      'response-time',
      'throughput',
    ])
    expect(triggers.map(({ when, for: seconds, action }) => [when, seconds, action])).toEqual([
      [{ http: '/health' }, 300, 'rollback'],
      [{ metric: 'error-rate', above: 0.5 }, 60, 'rollback'],
      [{ metric: 'error-rate', above: 0.1 }, 900, 'ask'],
      [{ metric: 'response-time', above: 2 }, 1800, 'watch'],
    ])
    expect(triggers[1]?.position).toMatchObject({ file: 'template.yml', line: 27 })
    expect(watch).toEqual({})
  })

  test('below is the other side of above, and a watch says how long and how often it looks', () => {
    const { triggers, watch } = loaded(
      ...METRICS,
      'watch: { for: 30m, every: 15s }',
      'triggers:',
      '  - { when: { metric: error-rate, below: 0 }, for: 1m, then: ask }',
    )
    expect(triggers[0]?.when).toEqual({ metric: 'error-rate', below: 0 })
    expect(watch).toEqual({ for: 1800, every: 15 })
  })

  test('a Prometheus that asks for a token is given the name of a secret', () => {
    const { metrics } = loaded('metrics: { prometheus: https://p.example.com, token: { env: PROM_TOKEN } }')
    expect(metrics).toMatchObject({ token: { env: 'PROM_TOKEN' }, compare: {} })
  })

  test('a runbook without any has none', () => {
    expect(loaded()).toMatchObject({ triggers: [], watch: {} })
  })

  test.each([
    ['a metric that is misspelt', '{ metric: eror-rate, above: 1 }', 'Did you mean "error-rate"?'],
    ['a metric of another name', '{ metric: latency, above: 1 }', 'Known here: error-rate, response-time.'],
    ['a percentage', '{ metric: error-rate, above: 50% }', 'half of all requests is 0.5, not 50%'],
    ['a number in quotes', '{ metric: error-rate, above: "0.5" }', 'Write it without quotes.'],
    ['no number at all', '{ metric: error-rate, above: .nan }', 'Expected a number'],
    ['both sides', '{ metric: error-rate, above: 1, below: 2 }', 'Expected either above or below'],
    ['neither side', '{ metric: error-rate }', 'Expected either above or below'],
    ['two conditions', '{ metric: error-rate, http: /health, above: 1 }', 'Expected { http: /health'],
    ['http without what to see', '{ http: /health }', 'Expected failing: true beside http'],
    ['http with a limit', '{ http: /health, failing: true, above: 1 }', 'http takes failing: true'],
    ['a key of a typo', '{ http: /health, failling: true }', 'Did you mean "failing"?'],
  ])('%s is refused', (_, when, said) => {
    const found = problems(...METRICS, 'triggers:', `  - { when: ${when}, for: 1m, then: rollback }`)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain('triggers[0].when')
    expect(found[0]).toContain(said)
  })

  test('an action that there is not', () => {
    expect(
      problems('triggers:', '  - { when: { http: /health, failing: true }, for: 1m, then: rolback }'),
    ).toEqual([
      'triggers[0].then: Given "rolback". Expected rollback, ask or watch. Did you mean "rollback"?',
    ])
  })

  test('metrics that are named, and a runbook that has none', () => {
    const [said] = problems('triggers:', '  - { when: { metric: errors, above: 1 }, for: 1m, then: ask }')
    expect(said).toContain('Add it at the top: metrics: { prometheus: URL')
  })

  test('times that do not go together', () => {
    const lines = [
      'watch: { for: 10m, every: 30s }',
      'triggers:',
      '  - { when: { http: /a, failing: true }, for: 20s, then: ask }',
      '  - { when: { http: /a, failing: true }, for: 20m, then: ask }',
      '  - { when: { http: /a, failing: true }, for: 10m, then: ask }',
    ]
    expect(problems(...lines)).toEqual([
      'triggers[0].for: This is shorter than watch.every: it would never be seen to last.',
      'triggers[1].for: This is longer than watch.for: it could never be over in time.',
    ])
  })

  test.each([
    ['an address without its scheme', 'prometheus: prometheus.example.com', 'Did you mean https://'],
    ['an address with a query', 'prometheus: https://p.example.com/?query=up', 'without ? and #'],
    ['a password in it', 'prometheus: https://me:hush@p.example.com', 'There is a password in this address'],
    [
      'a token that is written out',
      'prometheus: https://p.example.com, token: hush-1',
      'Expected { env: TOKEN }',
    ],
  ])('a Prometheus of %s', (_, metrics, said) => {
    const found = problems(`metrics: { ${metrics} }`).join('\n')
    expect(found).toContain(said)
    expect(found).not.toContain('hush')
  })
})
