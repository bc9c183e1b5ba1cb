import { describe, expect, test } from 'vitest'
import { brokenRules } from '../../support/workflow-rules.ts'

describe('the rules for workflows', () => {
  const good = `permissions: {}
jobs:
  a:
    timeout-minutes: 5
    permissions:
      contents: read # to check out
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: ./x
      - run: echo "$NAME"
        env:
          NAME: \${{ github.actor }}
`

  test.each([
    ['nothing', '', '', []],
    [
      'a tag',
      '@3d3c42e5aac5ba805825da76410c181273ba90b1',
      '@v7',
      ['line 8: actions/checkout@v7 is not pinned'],
    ],
    ['half a commit', '@3d3c42e5aac5ba805825da76410c181273ba90b1', '@3d3c42e', ['line 8: ']],
    ['a pin of no known version', ' # v7.0.1', '', ['line 8: ']],
    ['a reference to nothing', './x\n', '$/\n', ['line 11: $/ is not pinned']],
    ['our own commit, and a ref all the same', './x', '$/x@v1', ['line 11: $/x@v1 is not pinned']],
    ['a job without an end', '    timeout-minutes: 5\n', '', ['line 4: a job has no timeout-minutes']],
    [
      'secrets handed over unseen',
      'timeout-minutes: 5',
      'timeout-minutes: 5\n    secrets: inherit',
      ['line 5: secrets: inherit'],
    ],
    [
      'rights for all jobs',
      'permissions: {}',
      'permissions: { contents: read }',
      ['line 1: ', 'line 1: contents'],
    ],
    ['all rights', '\n      contents: read # to check out', ' write-all', ['line 5: permissions: write-all']],
    ['a right without a reason', ' # to check out', '', ['line 5: contents is granted without']],
    ['a token left behind', 'credentials: false', 'credentials: true', ['line 8: checkout leaves']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub Actions
    ['an expression in a script', '"$NAME"', '${{ github.actor }}', ['line 12: run: pastes']],
  ])('find %s', (_, part, instead, expected) => {
    const broken = brokenRules(good.replace(part, instead))
    expect(broken).toHaveLength(expected.length)
    for (const [at, beginning] of expected.entries()) expect(broken[at]).toContain(beginning)
  })

  const hosts = `permissions: {}
jobs:
  rollback:
    timeout-minutes: 5
    concurrency:
      group: deploy-production
      queue: max
      cancel-in-progress: false
    steps:
      - uses: rollbook/rollbook@v1
        with:
          operation: rollback
`

  test.each([
    ['nothing', '', '', []],
    ['a queue that throws out who waits', '      queue: max\n', '', ['queue: max']],
    ['a group of its own', 'deploy-production', 'rollback', ['group deploy-<environment>']],
    ['a run cut off by the next', 'in-progress: false', 'in-progress: true', ['cancelled in the middle']],
  ])('find, in a job that goes to the hosts, %s', (_, part, instead, expected) => {
    const broken = brokenRules(hosts.replace(part, instead))
    expect(broken).toHaveLength(expected.length)
    for (const [at, words] of expected.entries()) expect(broken[at]).toContain(words)
  })

  test('let a plan wait for nobody: it changes nothing', () => {
    const plan = hosts.replace('operation: rollback', 'operation: plan')
    expect(brokenRules(plan.replace('      queue: max\n', ''))).toEqual([])
  })

  test('find more inputs than GitHub takes', () => {
    const inputs = Array.from({ length: 26 }, (_, at) => `      i${at}: { type: string }\n`).join('')
    const text = `on:\n  workflow_dispatch:\n    inputs:\n${inputs}permissions: {}\njobs: {}\n`
    expect(brokenRules(text)).toEqual(['line 4: 26 inputs; GitHub takes 25'])
    expect(brokenRules(text.replace(/ +i25.*\n/, ''))).toEqual([])
  })
})
