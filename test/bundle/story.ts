import { expect } from 'vitest'
import { isGreen, type Outcome, type RunReport } from '../../src/outcome.ts'
import type { Machine } from '../support/production.ts'
import type { ActionRun } from '../support/runner.ts'

/** Everything that has to agree about how a run ended, whichever way it ended. */
export const expectOutcome = (run: ActionRun, outcome: Outcome): void => {
  const text = run.log.join('\n')
  expect(run.outputs.outcome, text).toBe(outcome)
  expect(run.exitCode, text).toBe(isGreen(outcome) ? 0 : 1)
  expect(run.post?.exitCode, text).toBe(0)
  expect(run.conclusion).toBe(isGreen(outcome) ? 'success' : 'failure')
  expect(run.main.summary.split('\n')[0]).toMatch(/^## .+ shop · /)
  expect(JSON.parse(run.outputFiles.record ?? '{}')).toMatchObject({ schema: 1, outcome })
  const errors = run.annotations.filter(({ level }) => level === 'error')
  expect(errors.length > 0, text).toBe(!isGreen(outcome))
}

/** The same for a run that was refused before there was an app, a host or anything else to tell about. */
export const expectRefusedUnseen = (run: ActionRun): void => {
  const text = run.log.join('\n')
  expect(run.outputs.outcome, text).toBe('refused')
  expect(run.exitCode, text).toBe(1)
  expect(run.main.summary).toContain('was not changed')
  expect(
    run.annotations.filter(({ level }) => level === 'error'),
    text,
  ).toHaveLength(1)
}

/** First line of the summary: *is it over?* */
export const headline = (run: ActionRun): string => run.main.summary.split('\n')[0] ?? ''

/** The record that the run has written. */
export const recordOf = (run: ActionRun): RunReport => JSON.parse(run.outputFiles.record ?? '{}')

/** Everything that anybody can read of a run afterwards. */
export const told = (run: ActionRun): string =>
  [
    ...run.log,
    run.summary,
    ...run.annotations.map(({ message }) => message),
    ...Object.values(run.outputs),
    ...Object.values(run.outputFiles),
  ].join('\n')

/** What each machine serves, asked over HTTP, beside what its link says. */
export const seen = (machines: readonly Machine[]): Promise<{ live: string; serves: string }[]> =>
  Promise.all(machines.map(async ({ site }) => ({ live: site.live(), serves: await site.serves() })))

/** The same, as one release that all of them should be on. */
export const on = (machines: readonly Machine[], release: string): { live: string; serves: string }[] =>
  machines.map(() => ({ live: release, serves: release }))

/** How often anybody has connected to any of the machines. */
export const connections = (machines: readonly Machine[]): number =>
  machines.reduce((sum, { ssh }) => sum + ssh.counts.connections, 0)

export const THREE_RELEASES = ['1', '2', '3'] as const
/** The set-up that most stories begin with: 3 is live and its health check fails, 1 and 2 work. */
export const BROKEN = { releases: THREE_RELEASES, live: '3', broken: ['3'] }
export const HEALTHY = { releases: THREE_RELEASES, live: '3' }
/** 3 works and 2 does not: whoever goes back to 2 makes it worse. */
export const WORSE = { ...HEALTHY, broken: ['2'] }
