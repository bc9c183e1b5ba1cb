import type { PlannedStep, RunReport } from '../../outcome.ts'
import { space } from '../amounts.ts'
import { hostNames, shared } from '../by-host.ts'
import { code, details, fence, list, prose, table, text } from '../markdown.ts'
import { type PlannedPhase, plannedPhases } from '../planned.ts'

/** Where each host would go, and why; hosts that would do the same share a row. */
export function journey({ operation, outcome, hosts, from, to }: RunReport): string {
  if (operation !== 'plan' || outcome !== 'planned') return ''
  const rows = shared(
    hosts,
    ({ name }) => name,
    ({ name: _, freeBytes: __, ...host }) => host,
  )
  const shown = table(
    ['host', 'is live', from === to ? 'would stay on' : 'would go to', 'why', 'free'],
    rows.map(({ hosts: names, what }) => [
      text(hostNames(names)),
      release(what.from, what.fromCommit),
      `**${text(what.to)}** ${commit(what.toCommit)}`,
      prose(what.why ?? ''),
      roomOf(hosts.filter(({ name }) => names.includes(name)).flatMap(({ freeBytes }) => freeBytes ?? [])),
    ]),
  )
  const passedOver = rows.flatMap(({ what }) => what.passedOver ?? [])
  const over = [...new Set(passedOver.map(({ name, why }) => `${text(name)}: it ${prose(why)}`))].slice(0, 20)
  return over.length === 0 ? shown : `${shown}\n\nPassed over: ${over.join(' · ')}`
}

const commit = (revision: string | undefined): string =>
  revision === undefined ? '' : code(revision.slice(0, 7))

const release = (name: string, revision: string | undefined): string => `${text(name)} ${commit(revision)}`

/** The least of them is what counts. */
const roomOf = (free: readonly number[]): string => {
  if (free.length === 0) return ''
  return `${free.length > 1 ? '≥ ' : ''}${space(Math.min(...free))}`
}

/** Every step that a run would take: a table for each phase, in which hosts with equal steps share a row. */
export function plannedSteps(report: RunReport): string {
  const phases = plannedPhases(report.planned ?? [])
  const checks = report.plannedChecks ?? []
  const after = phases.filter(({ phase }) => phase === 'resume' || phase === 'diagnose')
  const before = phases.filter(each => !after.includes(each))
  const looks =
    checks.length === 0
      ? []
      : [`#### verify – as the runner sees it\n\n${list(checks.slice(0, 100).map(title => prose(title)))}`]
  const fallback =
    phases.length === 0
      ? []
      : [
          'If a step or a check fails, every host goes back: what was switched is taken back in reverse, between the same stops and starts, and what passed before is looked at again.',
        ]
  return [...before.map(phaseTable), ...looks, ...after.map(phaseTable), ...fallback].join('\n\n')
}

const WHEN: Readonly<Record<PlannedPhase['phase'], string>> = {
  backup: 'before anything is changed',
  stop: 'the first change',
  switch: 'on all hosts together',
  start: 'right after the switch',
  verify: 'as the hosts themselves see it',
  resume: 'once everything is verified',
  diagnose: 'only when something failed, before it is put back',
}

function phaseTable({ phase, steps }: PlannedPhase): string {
  const rows = steps
    .slice(0, 300)
    .map(({ hosts, what }) => [
      text(hostNames(hosts)),
      `${what.inner ? 'or: ' : ''}${prose(what.title, 200)}`,
      dataCell(what),
      prose(what.undo, 300),
    ])
  const more = steps.length > 300 ? `\n\n… and ${steps.length - 300} more, in the plan.` : ''
  return `#### ${phase} – ${WHEN[phase]}\n\n${table(['host', 'step', 'with', 'undo'], rows)}${more}`
}

/** How many lines of a script fit into a cell; the plan has all of it. */
const LINES = 12

const dataCell = ({ data, kind }: PlannedStep): string =>
  [
    `${code(kind)}`,
    ...Object.entries(data).flatMap(([name, value]) => {
      const lines = value.replace(/\n+$/, '').split('\n')
      const shown = lines.slice(0, LINES).map(line => code(line, 200))
      const rest = lines.length > LINES ? [`… ${lines.length - LINES} more lines`] : []
      return lines.length === 1 ? [`${text(name)}: ${shown[0]}`] : [`${text(name)}:`, ...shown, ...rest]
    }),
  ].join('<br>')

/** The shell functions of each kind, once, folded; and where the whole program is. */
export function scripts({ scripts: all = [], planFile = '', outcome }: RunReport): string {
  if (outcome !== 'planned') return ''
  const shown = all.map(({ kind, text: source }) =>
    details(
      `Script of ${kind}: how a step of this kind looks, acts and is taken back`,
      fence(source.replace(/\n+$/, '').split('\n'), 'sh'),
    ),
  )
  const file =
    planFile === ''
      ? ''
      : `**Everything, byte for byte** – the program of each host stands in ${code(planFile)} on the runner, which the output ${code('plan')} names.`
  return [...shown, file].filter(part => part !== '').join('\n\n')
}
