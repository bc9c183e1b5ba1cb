import type { DiagnosisReport, RunReport, StepReport } from '../../outcome.ts'
import { bytes, clock, count, duration } from '../amounts.ts'
import { hostNames, type Shared, shared } from '../by-host.ts'
import { asManyAsFit, code, fence, list, prose, table, text } from '../markdown.ts'
import { madeWords } from '../stored-words.ts'
import { checklistLists } from '../summary/checklist.ts'
import { checksTable } from '../summary/checks.ts'
import { failedSteps } from '../summary/steps.ts'
import { wayBack } from '../summary/way-back.ts'
import { timeOf } from './basics.ts'

const MOST_ROWS = 500

/** What became of every host, what is kept, and what was not as it should be. */
export const state = (report: RunReport): string[] => [
  hosts(report),
  backups(report),
  warnings(report),
  way(report),
]

/** What happened when, and what was seen. */
export const timeline = (report: RunReport): string[] => [
  times(report),
  printed(report),
  checks(report),
  diagnosis(report),
]

/** What was known before the first change. */
export function known(report: RunReport): string[] {
  const { preflight } = report
  const lines = [
    checklistLists(report),
    list(preflight.slice(0, MOST_ROWS).map(line => prose(line, 600))),
  ].filter(part => part !== '')
  return lines.length === 0 ? [] : [`### Known before the first change\n\n${lines.join('\n')}`]
}

const STATES: Readonly<Record<RunReport['hosts'][number]['state'], string>> = {
  untouched: 'not touched',
  'already-there': 'was there already',
  switched: 'switched, confirmed',
  restored: 'put back',
  unconfirmed: 'kept the target by itself, not confirmed',
  'needs-operator': 'in between',
  unknown: 'not known',
  'left-out': 'left out, could not be reached',
}

function hosts({ hosts: all }: RunReport): string {
  if (all.length === 0) return ''
  const rows = all
    .slice(0, MOST_ROWS)
    .map(host => [
      text(host.name, 100),
      release(host.from, host.fromCommit),
      host.live === '' ? 'not seen' : release(host.live, host.liveCommit),
      STATES[host.state],
      clock(host.switchedAt),
      prose(host.message ?? '', 300),
    ])
  return `### Hosts\n\n${table(['host', 'was live', 'live at the end', 'state', 'switched (UTC)', ''], rows)}${more(all.length, 'host')}`
}

const release = (name: string, commit: string | undefined): string =>
  [text(name, 100), commit && commit !== name ? code(commit.slice(0, 12)) : '']
    .filter(part => part !== '')
    .join(' ')

function backups({ backups: all }: RunReport): string {
  if (all.length === 0) return ''
  const rows = all
    .slice(0, MOST_ROWS)
    .map(each => [
      text(each.host, 100),
      text(madeWords(each), 100),
      code(each.path, 300),
      bytes(each.bytes),
      code(each.sha256, 64),
      each.level === 'stream'
        ? 'not read back'
        : each.level === 'restore'
          ? 'restored and compared'
          : 'read back',
    ])
  return `### Backups\n\n${table(['host', 'of', 'file', 'size', 'sha256', 'proved'], rows)}${more(all.length, 'backup')}`
}

function warnings({ warnings: all }: RunReport): string {
  if (all.length === 0) return ''
  const shown = list(all.slice(0, 50).map(line => prose(line, 600)))
  return `### Warnings\n\n${shown}${all.length > 50 ? `\n\n… and ${count(all.length - 50, 'more warning')}, in the record.` : ''}`
}

function way(report: RunReport): string {
  const back = wayBack(report)
  return back === '' ? '' : `### The way back\n\n${back}`
}

/** Phases and steps in the order in which they began. What was only looked at before, and passed, is left out. */
function times({ started, phases, steps }: RunReport): string {
  const at = (milliseconds: number): string => clock(timeOf(started, milliseconds))
  const took = ({ from, to }: { from: number; to: number }): string => duration((to - from) / 1000)
  const moments = [
    ...phases.map(phase => ({
      from: phase.from,
      cells: ['', `**${text(phase.name, 100)}**`, '', took(phase)],
    })),
    ...steps
      .filter(({ action, status }) => action !== 'ready' || status !== 'passed')
      .map(step => ({
        from: step.from,
        cells: [text(step.host, 100), what(step), ENDS[step.status], took(step)],
      })),
  ].toSorted((one, two) => one.from - two.from)
  if (moments.length === 0) return ''
  const rows = moments.slice(0, MOST_ROWS).map(({ from, cells }) => [at(from), ...cells])
  return `### Timeline\n\n${table(['UTC', 'host', 'what', 'ended', 'took'], rows)}${more(moments.length, 'moment')}`
}

const ENDS: Readonly<Record<StepReport['status'], string>> = {
  passed: 'well',
  failed: '**failed**',
  warned: 'with a warning',
  'timed-out': '**ran out of time**',
  unseen: 'not heard of',
}

const what = ({ action, phase, title }: StepReport): string =>
  `${action === 'undo' ? 'taken back: ' : action === 'ready' ? `before ${phase}: ` : ''}${prose(title, 200)}`

function printed(report: RunReport): string {
  const said = failedSteps(report)
  return said === '' ? '' : `### What steps printed that did not pass\n\n${said}`
}

const checks = ({ checks: all }: RunReport): string =>
  all.length === 0 ? '' : `### Checks\n\n${checksTable(all)}`

function diagnosis({ diagnosis: all }: RunReport): string {
  if (all.length === 0) return ''
  const answers = shared(
    all,
    each => each.host,
    ({ title, status, lines }) => [title, status, lines],
  )
  const block = ({ hosts: of, what: answer }: Shared<DiagnosisReport>): string =>
    `**${text(answer.title)}** on ${text(hostNames(of))}\n\n${fence(answer.lines, 'text')}`
  return `### Diagnosis: what the hosts said when it had failed\n\n${asManyAsFit(answers, block)}`
}

const more = (all: number, noun: string): string =>
  all > MOST_ROWS ? `\n\n… and ${count(all - MOST_ROWS, `more ${noun}`)}, in the record.` : ''
