import type { DrillReport, RunReport, ScenarioReport } from '../../src/outcome.ts'
import { check, host, report } from './reports.ts'

/** A scenario that went well; every story changes what it is about. */
export const scenario = (given: Partial<ScenarioReport> = {}): ScenarioReport => ({
  number: 1,
  rollback: 'nginx',
  target: 'previous',
  breaks: true,
  result: 'passed',
  stages: [
    { stage: 'healthy', passed: true, seconds: 0.2 },
    { stage: 'break', passed: true, seconds: 0.4 },
    { stage: 'broken', passed: true, seconds: 1.1 },
    { stage: 'rollback', passed: true, seconds: 3.25 },
    { stage: 'restore', passed: true, seconds: 0.2 },
    { stage: 'verify', passed: true, seconds: 0.3 },
  ],
  detect: 1.1,
  decide: 0.25,
  restore: 3,
  took: 3.25,
  rto: 120,
  rtoMet: true,
  from: 'files-0a1b',
  to: 'copies.backup',
  broughtBackBy: [],
  back: true,
  differences: [],
  runs: ['20261120T141055Z-8d1f00'],
  checks: [check('GET /healthz')],
  backups: [],
  recovery: [],
  ...given,
})

/** The report of a drill of these scenarios. */
export const drilled = (
  scenarios: readonly ScenarioReport[],
  given: Partial<RunReport> = {},
  past: DrillReport['past'] = [],
): RunReport & { readonly drill: DrillReport } => ({
  ...report(
    {
      operation: 'drill',
      outcome: 'drilled',
      app: 'aura-flow',
      environment: 'staging',
      rollback: 'monthly',
      from: '',
      to: '',
      hosts: [host('app', { state: 'restored' })],
      steps: [],
      checks: [],
      backups: [],
      undo: [],
      followUp: [],
      preflight: [],
      ...given,
    },
    ['title', 'rto', 'hold'],
  ),
  drill: { name: 'monthly', scenarios, past },
})
