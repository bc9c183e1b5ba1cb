import type {
  BackupReport,
  ChecklistReport,
  ChecklistTopic,
  CheckReport,
  DiagnosisReport,
  HostReport,
  Outcome,
  PhaseReport,
  RunHeading,
  RunReport,
  StepReport,
} from '../outcome.ts'
import { withoutReassurance } from '../refusal.ts'
import { byHost } from '../report/by-host.ts'
import { checklistLines, inOrder } from '../report/checklist.ts'
import { watchLong } from '../report/still-running.ts'
import type { Chronicle, Findings } from './chronicle.ts'
import { followUpOf } from './follow-up.ts'
import type { Setting } from './setting.ts'
import { openStepNotes } from './step-notes.ts'

type Preflight =
  | readonly [said: string, none?: undefined, nothing?: undefined]
  | readonly [what: ChecklistTopic, said: string, items?: readonly string[] | undefined]

/** Who looks from outside, in the column of the hosts. */
const RUNNER = 'runner'

/** More warnings or backups than this are not a report any more. */
const MOST = 500

export function openChronicle(setting: Setting): Chronicle {
  const { log } = setting
  const started = new Date()
  const began = performance.now()
  const now = () => Math.round((performance.now() - began) * 10) / 10
  const phases: { name: string; from: number; to: number; critical?: boolean }[] = []
  const hosts = new Map<string, HostReport>()
  const checks: CheckReport[] = []
  const backups: BackupReport[] = []
  const preflight: string[] = []
  const checklist: ChecklistReport[] = []
  const warnings: string[] = []
  const undo: { host: string; command: string }[] = []
  const kept: { host: string; text: string }[] = []
  let findings: Findings = {}
  let hold: RunReport['hold']
  let from = ''
  let to = ''

  const warn = (text: string) => {
    if (warnings.length >= MOST || warnings.includes(text)) return
    warnings.push(text)
    log.warning(text)
  }
  const long = watchLong(log, now)
  const notes = openStepNotes(log, now, long, warn)
  log.expect([RUNNER, ...setting.environment.hosts.map(({ name }) => name)])

  const heading = (): RunHeading => ({
    operation: setting.operation,
    run: setting.run,
    app: setting.runbook.app,
    environment: setting.environment.name,
    rollback: setting.rollback.name,
    ...(setting.rollback.title && { title: setting.rollback.title }),
    target: setting.target,
    reason: setting.reason,
    actor: setting.actor,
    workflowRun: setting.workflowRun,
    started: started.toISOString(),
    ...(setting.rollback.rto !== undefined && { rto: setting.rollback.rto }),
    from,
    to,
    hosts: [...hosts.values()],
  })

  const endPhase = () => {
    const open = phases.at(-1)
    if (open && Number.isNaN(open.to)) open.to = now()
  }

  return {
    now,
    phase(name, critical) {
      endPhase()
      phases.push({ name, from: now(), to: Number.NaN, ...(critical && { critical }) })
      log.phase(name)
      long.beganWhole(RUNNER, name)
    },
    stepBegan: notes.began,
    stepEnded: (host, step, action, status, tries = 1, took) =>
      notes.ended(host, step, action, status, tries, took),
    output: notes.output,
    progress: notes.progress,
    mark: (host, mark, text) => log.step(host, mark, text),
    lost(host, reason) {
      long.lost(host)
      log.step(host, 'warned', `contact was lost: ${reason}; looking for it again`)
    },
    check(report) {
      checks.push(report)
      const mark = report.status === 'not-run' ? 'warned' : report.status
      log.step(report.from, mark, `${report.title}: ${report.detail}`, report.seconds * 1000)
    },
    backup: report => void (backups.length < MOST && backups.push(report)),
    preflight(...[what, said, items = []]: Preflight) {
      if (said === undefined) {
        preflight.push(what)
        log.line(what)
        return
      }
      const entry: ChecklistReport = { what, said, ...(items.length > 0 && { items }) }
      checklist.push(entry)
      for (const line of checklistLines(entry)) log.line(line)
    },
    warning: warn,
    found(more) {
      findings = { ...findings, ...more }
    },
    host(name, change) {
      const known = hosts.get(name) ?? { name, from: '', to: '', live: '', state: 'untouched' as const }
      hosts.set(name, { ...known, ...change })
    },
    hold(release, commit) {
      hold = { release, ...(commit && { commit }) }
    },
    undoCommand: (host, command) => void undo.push({ host, command }),
    followUp: (host, text) => void kept.push({ host, text }),
    fromTo(before, after) {
      from = before
      to = after
    },
    heading,
    close(outcome, failure) {
      endPhase()
      long.close()
      log.close()
      const duration = Math.round(now()) / 1000
      const { rto } = setting.rollback
      const steps = notes.steps()
      const report: RunReport = {
        schema: 1,
        ...heading(),
        outcome,
        ...(setting.confirm !== undefined && { confirm: setting.confirm }),
        duration,
        ...(rto !== undefined && rtoOf(outcome, duration <= rto)),
        phases: phases.map(
          (phase): PhaseReport => ({ ...phase, to: Number.isNaN(phase.to) ? now() : phase.to }),
        ),
        steps,
        checks: [...checks, ...notes.checks()],
        backups,
        preflight,
        ...(checklist.length > 0 && { checklist: inOrder(checklist) }),
        warnings,
        // Where a dead run was ended first, nobody says that nothing was changed.
        ...(failure && {
          failure: findings.ended ? { ...failure, message: withoutReassurance(failure.message) } : failure,
        }),
        diagnosis: diagnosisOf(steps),
        ...(hold && { hold }),
        undo,
        ...findings,
      }
      const followUp = followUpOf(report, keptWords([...notes.followUps(), ...kept], hosts.size))
      return { ...report, ...(followUp.length > 0 && { followUp }) }
    },
  }
}

/** On one host nobody asks on which. */
const keptWords = (kept: readonly { host: string; text: string }[], hosts: number): string[] =>
  hosts > 1
    ? byHost(kept.map(({ host, text }) => [host, text] as const))
    : [...new Set(kept.map(({ text }) => text))]

/** A target is about going back: an operation that only looks, or was refused, has neither met nor missed it. */
function rtoOf(outcome: Outcome, inTime: boolean): { rtoMet?: boolean } {
  if (outcome === 'rolled-back' || outcome === 'undone') return { rtoMet: inTime }
  return outcome === 'restored' || outcome === 'needs-operator' || outcome === 'unknown'
    ? { rtoMet: false }
    : {}
}

const diagnosisOf = (steps: readonly StepReport[]): DiagnosisReport[] =>
  steps
    .filter(step => step.phase === 'diagnose' && step.action === 'do')
    .map(({ host, title, output, status }) => ({
      host,
      title,
      ...(status !== 'passed' && { status }),
      lines: output,
    }))
