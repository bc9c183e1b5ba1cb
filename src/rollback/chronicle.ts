import type { Step } from '../engine/plan.ts'
import type { StepAction } from '../engine/wire.ts'
import type {
  BackupReport,
  CheckReport,
  DiagnosisReport,
  FailureReport,
  HostReport,
  Outcome,
  PhaseReport,
  PlannedStep,
  RunReport,
  StepReport,
} from '../outcome.ts'
import type { Setting } from './setting.ts'

/** What a chronicle needs to know of a step to tell about it. */
export type NamedStep = Pick<Step, 'number' | 'phase' | 'title' | 'severity' | 'data'>

/** Writes down what happens while it happens, says it in the log, and makes the report of it in the end. */
export interface Chronicle {
  /** Milliseconds since the run began. */
  now(): number
  phase(name: string, critical?: boolean): void
  stepBegan(host: string, step: NamedStep, action: StepAction): void
  stepEnded(host: string, step: NamedStep, action: StepAction, status: number, tries: number): void
  output(host: string, step: NamedStep, action: string, text: string): void
  check(report: CheckReport): void
  backup(report: BackupReport): void
  preflight(text: string): void
  /** A step that would be run, for `plan`. */
  planned(host: string, step: Step): void
  warning(text: string): void
  /** What became of a host; later words replace earlier ones. */
  host(name: string, change: Partial<HostReport>): void
  hold(release: string, commit: string | undefined): void
  undoCommand(host: string, command: string): void
  fromTo(from: string, to: string): void
  close(outcome: Outcome, failure?: FailureReport): RunReport
}

/** More warnings or backups than this are not a report any more. */
const MOST = 500

/** The last lines of a step's output that a report keeps. */
const OUTPUT_LINES = 50

export function openChronicle(setting: Setting): Chronicle {
  const { log } = setting
  const started = new Date()
  const began = performance.now()
  const now = () => Math.round((performance.now() - began) * 10) / 10
  const phases: { name: string; from: number; to: number; critical?: boolean }[] = []
  const steps = new Map<string, { report: StepReport; output: string[] }>()
  const hosts = new Map<string, HostReport>()
  const checks: CheckReport[] = []
  /** Places in `checks` of those that a host made. */
  const hostChecks = new Map<string, number>()
  const backups: BackupReport[] = []
  const preflight: string[] = []
  const warnings: string[] = []
  const planned: PlannedStep[] = []
  const undo: { host: string; command: string }[] = []
  let hold: RunReport['hold']
  let from = ''
  let to = ''

  const endPhase = () => {
    const open = phases.at(-1)
    if (open && Number.isNaN(open.to)) open.to = now()
  }
  const warn = (text: string) => {
    if (warnings.length >= MOST || warnings.includes(text)) return
    warnings.push(text)
    log.warning(text)
  }

  return {
    now,
    phase(name, critical) {
      endPhase()
      phases.push({ name, from: now(), to: Number.NaN, ...(critical && { critical }) })
      log.phase(name)
    },
    stepBegan(host, step, action) {
      const report: StepReport = {
        host,
        number: step.number,
        phase: step.phase,
        action,
        title: step.title,
        status: 'unseen',
        from: now(),
        to: now(),
        output: [],
      }
      steps.set(`${host} ${step.number} ${action}`, { report, output: [] })
    },
    stepEnded(host, step, action, status, tries) {
      const key = `${host} ${step.number} ${action}`
      const kept = steps.get(key)
      if (!kept) return
      const verdict = status === 0 ? 'passed' : step.severity === 'warn' ? 'warned' : 'failed'
      const report = { ...kept.report, to: now(), status: status === 124 ? 'timed-out' : verdict } as const
      steps.set(key, { ...kept, report })
      if (action === 'ready' && status === 0) return
      if (action === 'check') hostChecks.set(key, checks.push(hostCheck(report, step, tries)) - 1)
      const mark = action === 'undo' && status === 0 ? 'restored' : verdict
      const title = action === 'ready' ? `ready for: ${step.title}` : step.title
      log.step(host, mark, title, report.to - report.from)
    },
    output(host, step, action, text) {
      const kept = steps.get(`${host} ${step.number} ${action}`)
      // A host may send without end; its step has had its say.
      if (!kept || kept.output.length >= OUTPUT_LINES) return
      kept.output.push(text)
      // What a check saw comes after its end.
      const seen = hostChecks.get(`${host} ${step.number} ${action}`)
      const check = seen === undefined ? undefined : checks[seen]
      if (seen !== undefined && check) checks[seen] = { ...check, detail: text }
      if (action === 'ready' && text.startsWith('warning: ')) warn(`${host}: ${text.slice(9)}`)
      else log.output(host, [text])
    },
    check(report) {
      checks.push(report)
      log.step(
        report.from,
        report.status === 'not-run' ? 'warned' : report.status,
        `${report.title}: ${report.detail}`,
        report.seconds * 1000,
      )
    },
    backup: report => void (backups.length < MOST && backups.push(report)),
    preflight(text) {
      preflight.push(text)
      log.line(text)
    },
    planned(host, step) {
      const data = Object.entries(step.data).filter(([, value]) => value !== '')
      planned.push({
        host,
        number: step.number,
        phase: step.phase,
        kind: step.kind,
        title: step.title,
        data: Object.fromEntries(data),
      })
      log.step(host, 'started', `${step.phase}: ${step.title}`)
      log.output(
        host,
        data.map(([name, value]) => `${name}: ${value}`),
      )
    },
    warning: warn,
    host(name, change) {
      const known = hosts.get(name) ?? { name, from: '', to: '', live: '', state: 'untouched' as const }
      hosts.set(name, { ...known, ...change })
    },
    hold(release, commit) {
      hold = { release, ...(commit && { commit }) }
    },
    undoCommand: (host, command) => void undo.push({ host, command }),
    fromTo(before, after) {
      from = before
      to = after
    },
    close(outcome, failure) {
      endPhase()
      log.close()
      const duration = Math.round(now()) / 1000
      const { rto } = setting.rollback
      const told = [...steps.values()].map(({ report, output }) => ({ ...report, output }))
      return {
        schema: 1,
        operation: setting.operation,
        outcome,
        run: setting.run,
        app: setting.runbook.app,
        environment: setting.environment.name,
        rollback: setting.rollback.name,
        ...(setting.rollback.title && { title: setting.rollback.title }),
        target: setting.target,
        reason: setting.reason,
        ...(setting.confirm !== undefined && { confirm: setting.confirm }),
        actor: setting.actor,
        workflowRun: setting.workflowRun,
        started: started.toISOString(),
        duration,
        ...(rto !== undefined && { rto, rtoMet: outcome === 'rolled-back' && duration <= rto }),
        from,
        to,
        hosts: [...hosts.values()],
        phases: phases.map(
          (phase): PhaseReport => ({ ...phase, to: Number.isNaN(phase.to) ? now() : phase.to }),
        ),
        steps: told,
        checks,
        backups,
        preflight,
        warnings,
        ...(failure && { failure }),
        diagnosis: diagnosisOf(told),
        ...(hold && { hold }),
        undo,
        ...(planned.length > 0 && { planned }),
      }
    },
  }
}

const hostCheck = (report: StepReport, step: NamedStep, tries: number): CheckReport => ({
  title: step.title,
  from: report.host,
  status: report.status === 'passed' || report.status === 'warned' ? report.status : 'failed',
  before: 'not-run',
  attempts: tries,
  seconds: Math.round(report.to - report.from) / 1000,
  detail: report.status === 'passed' ? 'passed' : 'did not pass',
  proof: step.data.proof === 'version' ? 'version' : 'weak',
})

const diagnosisOf = (steps: readonly StepReport[]): DiagnosisReport[] =>
  steps
    .filter(step => step.phase === 'diagnose' && step.action === 'do')
    .map(({ host, title, output }) => ({ host, title, lines: output }))
