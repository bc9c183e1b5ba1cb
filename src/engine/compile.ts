import { createHash } from 'node:crypto'
import { quote } from '../host/quote.ts'
import { PHASES } from '../kind/item.ts'
import type { HostPlan, Step } from './plan.ts'
import { programSource, readShells, type ShellFiles } from './shell.ts'

/** The program of a run for one host, ready to be sent. */
export interface Program {
  readonly text: string
  readonly bytes: number
  /** Hex. */
  readonly sha256: string
}

/** Finds the shell functions of a kind. */
export type ShellOf = (kind: string) => ShellFiles

/**
 * Compiles a plan into one self-contained POSIX shell program: data first, each value through the one quoting function,
 * then the engine, then the functions of the kinds that the plan uses.
 */
export function compileProgram(plan: HostPlan, shellOf: ShellOf): Program {
  const files = plan.steps.flatMap(({ kind }) => shellOf(kind))
  const args = [...new Set(plan.steps.flatMap(step => Object.keys(step.data)))]
  const text = [
    '#!/bin/sh',
    `# Rollbook, run ${plan.run}. On this host, with nothing else at hand: ./rollbook undo | commit | status`,
    planVariables(plan),
    ...plan.steps.map(step => stepFunction(step, args)),
    programSource(),
    // Kinds may share a file; it is there once.
    ...[...new Map(files.map(file => [file.href, file])).values()].map(readShells),
    'main "$@"',
    'exit "$?"',
    '',
  ].join('\n')
  const content = Buffer.from(text)
  return { text, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}

function planVariables(plan: HostPlan): string {
  const values: Record<string, string> = {
    run: plan.run,
    app: plan.app,
    environment: plan.environment,
    rollback: plan.rollback,
    from: plan.from,
    to: plan.to,
    reason: plan.reason,
    url: plan.url,
    hosts: String(plan.hosts),
    on_lost_contact: plan.onLostContact,
    silence: String(plan.silence),
    ledger_committed: plan.ledger.committed.join('\n'),
    ledger_kept: plan.ledger.kept.join('\n'),
    ledger_undone: plan.ledger.undone.join('\n'),
    backup_secrets: secretsOfBackups(plan.steps).join(' '),
    // A line for each value: what reads it back takes lines of at most 64 KiB.
    json: JSON.stringify(plan, null, 1),
  }
  const lines = Object.entries(values).map(([name, value]) => `plan_${name}=${quote(value)}`)
  for (const phase of PHASES) {
    const numbers = plan.steps.filter(step => step.phase === phase && !step.inner).map(step => step.number)
    lines.push(`steps_${phase}=${quote(numbers.join(' '))}`)
  }
  return lines.join('\n')
}

/** Secrets that no step but those of `backup` reads: they can go as soon as the backups are over. */
function secretsOfBackups(steps: readonly Step[]): readonly string[] {
  const read = (wanted: boolean) =>
    steps.filter(({ phase }) => (phase === 'backup') === wanted).flatMap(({ secrets }) => secrets)
  return [...new Set(read(true))].filter(name => !read(false).includes(name))
}

function stepFunction(step: Step, args: readonly string[]): string {
  const values: Record<string, string> = {
    step_kind: step.kind,
    step_phase: step.phase,
    step_title: step.title,
    step_in: step.in ?? '',
    step_timeout: String(Math.max(1, Math.ceil(step.timeout))),
    step_severity: step.severity,
    step_secrets: step.secrets.join(' '),
  }
  for (const [name, value] of Object.entries(step.data)) values[`arg_${name}`] = value
  const lines = Object.entries(values).map(([name, value]) => `  ${name}=${quote(value)}`)
  // What another step left behind must not be taken for our own.
  const others = args.filter(name => step.data[name] === undefined).map(name => `arg_${name}`)
  if (others.length > 0) lines.unshift(`  unset ${others.join(' ')}`)
  return `step_${step.number}() {\n${lines.join('\n')}\n}`
}
