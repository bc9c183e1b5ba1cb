import { describe, expect, test, vi } from 'vitest'
import { HASTY } from '../support/workspace.ts'
import { BREAKABLE, breaking } from './breaking.ts'
import { drill, drillable, expectAsBefore } from './drilling.ts'
import { expectOutcome, headline, recordOf, told } from './story.ts'

// A drill is many runs.
vi.setConfig({ testTimeout: 120_000 })

describe('a drill', () => {
  test('green, with a report, results in the format of JUnit, and everything as it was', async () => {
    await using made = await drillable()
    const run = await drill(made)
    expectOutcome(run, 'drilled')
    expect(headline(run)).toContain('passed its drill, and is as it was before')
    expect(run.outputs['rto-met']).toBe('true')
    expect(run.main.summary).toContain('| release | 2 min |')
    expect(run.outputFiles.report).toContain('# Drill report: shop · production')
    expect(run.outputFiles.report).toContain('This is the first drill that the hosts remember')
    expect(run.outputFiles.junit).toContain('<testsuites name="drill monthly of shop in production"')
    expect(run.outputFiles.junit).toContain('failures="0"')
    expect(recordOf(run).drill?.scenarios).toMatchObject([
      { result: 'passed', from: '4', to: '2', back: true },
    ])
    await expectAsBefore(made)

    const again = await drill(made)
    expectOutcome(again, 'drilled')
    expect(again.main.summary).toContain('xychart-beta')
  })

  test('over two hosts, each of which is broken and brought back', async () => {
    await using made = await drillable(described => [breaking(described), { rollback: 'release' }], {
      'web-1': BREAKABLE,
      'web-2': BREAKABLE,
    })
    const run = await drill(made)
    expectOutcome(run, 'drilled')
    await expectAsBefore(made)
  })

  test('`broken` that sees a fault before there is one proves nothing, and nothing is broken', async () => {
    await using made = await drillable(described => [
      {
        ...breaking(described),
        broken: { http: `${described.urls[0]}/healthz`, expect: { status: 200 }, ...HASTY },
      },
    ])
    const run = await drill(made)
    expectOutcome(run, 'refused')
    expect(run.main.summary).toContain('sees its fault before anything was broken')
    expect(recordOf(run).drill?.scenarios).toMatchObject([
      { result: 'failed', stages: [{ stage: 'healthy' }] },
    ])
    await expectAsBefore(made)
  })

  test('a break after which the host does not answer any more: not known, and said so', async () => {
    await using made = await drillable()
    const [web] = made.machines
    web.site.onHealth('4', async () => web.ssh.leave())
    const run = await drill(made)
    expect(run.outputs.outcome, run.log.join('\n')).toBe('unknown')
    expect(headline(run)).toContain('is not confirmed')
    expect(run.main.summary).toContain('ln -sfn releases/4 current')

    web.ssh.comeBack()
    const status = await made.run({ operation: 'status' })
    expect(headline(status)).toContain('may still be broken by a drill')
    expect(status.summary).toContain('target: 3')
  }, 300_000)

  test('cancelled while something is broken: it is brought back before the runner loses patience, or after', async () => {
    await using made = await drillable()
    const run = await drill(made, {
      until: line => (line.includes('rollback · Look') ? 'SIGINT' : undefined),
    })
    expect(run.sent).toEqual(['SIGINT'])
    expect(['restored', 'unknown']).toContain(run.outputs.outcome)
    await expectAsBefore(made)
  })
})

describe('what is refused before any host is called', () => {
  test.each([
    ['an environment that does not allow it', {}, {}, 'does not say drills: true'],
    ['an environment with a phrase', { drills: true, confirm: 'shop' }, {}, 'a phrase to confirm'],
    ['a drill that is not there', { drills: true }, { drill: 'montly' }, 'Did you mean \\"monthly\\"?'],
  ])('%s', async (_, environment, inputs, words) => {
    await using made = await drillable(undefined, undefined, environment)
    const run = await drill(made, {}, inputs)
    expect(run.outputs.outcome).toBe('refused')
    expect(told(run)).toContain(words.replaceAll('\\', ''))
    expect(made.machines[0].ssh.counts.connections).toBe(0)
  })
})
