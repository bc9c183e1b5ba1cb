import { describe, expect, test } from 'vitest'
import { finalWords } from '../../../src/report/annotate.ts'
import { nextSteps } from '../../../src/report/next-steps.ts'
import { summaryMarkdown } from '../../../src/report/summary.ts'
import { stories } from '../../support/report-stories.ts'
import { host, report, restoredHost, step, undoCommand } from '../../support/reports.ts'

const texts = (...given: Parameters<typeof nextSteps>): string[] =>
  nextSteps(...given).map(({ text }) => text)

describe('what to do about a host that is in between', () => {
  const stuck = host('web-2', { state: 'needs-operator', live: '41', runFolder: '/home/deploy/runs/r1' })
  const given = report({ ...stories.needsOperator, hosts: [restoredHost('web-1'), stuck] })

  test('is to look at what it printed, when this page does not show that', () => {
    expect(nextSteps(given)[1]).toEqual({
      text: 'See what it stumbled over:',
      commands: [{ host: 'web-2', command: 'tail -n 20 /home/deploy/runs/r1/out/*' }],
    })
    const told = step({ host: 'web-2', status: 'failed', output: ['disk full'] })
    expect(texts({ ...given, steps: [told] })).not.toContain('See what it stumbled over:')
    expect(summaryMarkdown({ ...given, steps: [told] })).toContain(
      '**point &#96;current&#96; at 41** on web-2 ❌ failed and printed\n\n```text\ndisk full',
    )
  })

  test('has the command for that host alone, in the page and in the annotation', () => {
    const { message } = finalWords(given)
    expect(message).toContain('→ Mend what kept web-2 from going back to `42`')
    expect(message).toContain(`   on web-2: ${undoCommand}`)
    expect(message).not.toContain('on web-1:')
  })

  test('is said once', () => {
    const page = summaryMarkdown(given)
    expect(page.match(/rollbook undo/g)).toHaveLength(1)
    expect(page.match(/The lock is kept/g)).toHaveLength(1)
  })

  test('is to give the lock back once it is mended, where every host is back and only its checks fail', () => {
    expect(texts(stories.notWellAgain)).toEqual([
      'Look at what the releases share: services, data, configuration.',
      expect.stringMatching(/^When it is mended, give the lock back with `operation: unlock` and `run-id: /),
    ])
    expect(summaryMarkdown(stories.notWellAgain)).toContain('The lock is kept')
    expect(summaryMarkdown(stories.notWellAgain)).not.toContain('back, verified')
  })
})

describe('what to do when contact was lost', () => {
  test('fits a fleet: what status can answer, and what follows from each answer', () => {
    expect(texts(stories.unknown)).toEqual([
      'Run `operation: status`: it reads from web-2 what happened there, and changes nothing.',
      'Every host is on `41`? Then it is over, and not confirmed: look whether it serves. To go back to `42`: `operation: undo` with `run-id: 20261120T141055Z-8d1f`.',
      'The hosts differ? Bring them together: `operation: rollback` with `target: 42` or `target: 41`. Hosts that are there already stay as they are.',
      'No way to it but its console? There, by hand, this goes back:',
    ])
    expect(summaryMarkdown(stories.unknown)).toContain('**web-1** is on `41`.')
  })

  test('fits one host', () => {
    const hosts = [host('web', { state: 'unknown', live: '' })]
    expect(texts(report({ ...stories.unknown, hosts }))).toContain(
      'It is on `42`? Then it is where it was: run this again.',
    )
  })

  test('does not offer to undo an undo', () => {
    expect(texts(report({ ...stories.unknown, operation: 'undo' })).join()).not.toContain('operation: undo')
  })

  test.each([
    ['keep', 'it keeps `41`, marked *not confirmed*.'],
    ['undo', 'it goes back to `42`.'],
    ['by-checks', 'Its own checks passed: it keeps `41`. They failed: it went back to `42`.'],
  ] as const)('says what has happened by itself when the time is up: %s', (decides, words) => {
    const deadline = '2026-11-20T14:11:40.000Z'
    const lost = host('web-2', { state: 'unknown', live: '', lostContact: { decides, deadline } })
    const page = summaryMarkdown(report({ ...stories.unknown, hosts: [lost] }))
    expect(page).toContain(
      '**web-2** decided by itself at about **14:11:40 UTC**, because it heard nothing more',
    )
    expect(page).toContain(words)
  })

  test('of a run that GitHub cut off is to look at every host', () => {
    expect(texts(stories.cutOff)[0]).toContain('it reads from each host what happened there')
  })
})

describe('what to do after a run that put everything back', () => {
  test('is another release, where there is one that every host can go to', () => {
    expect(texts({ ...stories.restored, alternatives: ['40', '39'] })).toContain(
      'Try another release: run again with `target: 40` (or `39`).',
    )
    expect(texts(stories.restored).join()).not.toContain('Try another release')
  })

  test('is to read the diagnosis, where there is one', () => {
    expect(texts(stories.restored).join()).toContain('Read the diagnosis below')
    expect(texts(report({ outcome: 'restored' }))).toEqual([])
  })

  test('is not another release when a person stopped it', () => {
    const failure = { code: 'RB-CANCELLED', message: 'The run was cancelled.', remedy: [] }
    expect(texts(report({ outcome: 'restored', failure, alternatives: ['40'] }))).toEqual([])
    expect(summaryMarkdown(report({ outcome: 'restored', failure }))).toContain('**Stopped and put back.**')
  })
})

describe('a line to copy', () => {
  const remedy = (line: string) => ({
    code: 'RB-HOST-KEY-UNKNOWN',
    message: 'No such key.',
    remedy: ['Compare: `ssh-keygen -lf key.pub`', `If it is the same, add this line: \`${line}\``],
  })

  test('has a block of its own when it is long, and is not cut', () => {
    const line = `[10.0.0.5]:2222 ssh-rsa ${'A'.repeat(700)}`
    const page = summaryMarkdown(report({ outcome: 'refused', failure: remedy(line) }))
    expect(page).toContain(`- If it is the same, add this line:\n\n  \`\`\`text\n  ${line}\n  \`\`\``)
    expect(page).toContain('- Compare: `ssh-keygen -lf key.pub`')
  })
})

describe('inputs that are wrong', () => {
  const refused = report({
    app: '',
    environment: '',
    run: '',
    outcome: 'refused',
    hosts: [],
    failure: {
      code: 'RB-INPUT',
      message: '2 inputs cannot be used.\ntarget: Given "../x".\nhosts: Line 1: no port.',
      remedy: ['Correct them.'],
    },
  })

  test('are told a line each, below a first line that makes sense without a name', () => {
    const page = summaryMarkdown(refused)
    expect(page.split('\n')[0]).toBe('## ❌ What is live was not changed: the request was refused')
    expect(page).toContain('- target: Given &#34;../x&#34;.\n- hosts: Line 1: no port.')
    expect(page).not.toContain('⏎')
    expect(page).not.toMatch(/run\s+·|Wanted/)
  })
})
