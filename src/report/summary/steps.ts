import { isGreen, type RunReport, type StepReport } from '../../outcome.ts'
import { count, duration } from '../amounts.ts'
import { hostNames, type Shared, shared } from '../by-host.ts'
import { asManyAsFit, details, fence, prose, table, text } from '../markdown.ts'

const MOST_STEPS = 2000
const MOST_PRINTED = 100

const isWrong = ({ status }: StepReport): boolean => status !== 'passed'

/** What the steps that did not pass printed: the reason, more often than not. Checks have a table of their own. */
export function failedSteps({ steps: all, outcome }: RunReport): string {
  const wrong = all.filter(step => isWrong(step) && step.output.length > 0)
  if (wrong.length === 0) return ''
  const shown = shared(
    wrong.slice(0, MOST_PRINTED),
    step => step.host,
    ({ title, action, status, output }) => [title, action, status, output],
  )
  const block = ({ hosts, what }: Shared<StepReport>): string =>
    `**${text(what.title)}**${what.action === 'undo' ? ' (taken back)' : ''} on ${text(hostNames(hosts))} ${STATUS[what.status]} and printed\n\n${fence(what.output, 'text')}`
  const rest = wrong.length - MOST_PRINTED
  const more = rest > 0 ? `\n\n… and what ${count(rest, 'more step')} printed, in the record.` : ''
  const body = asManyAsFit(shown, block) + more
  // Where all is well in the end, it is evidence; else it is the reason.
  return isGreen(outcome) ? details('What steps printed that did not pass', body) : body
}

/** Every step of every host with its time. What was only looked at before, and passed, is left out. */
export function steps({ steps: all }: RunReport): string {
  const shown = all
    .filter(step => step.action !== 'ready' || isWrong(step))
    .toSorted((a, b) => a.from - b.from)
  if (shown.length === 0) return ''
  const body = [rows(shown.slice(0, MOST_STEPS)), moreSteps(shown.length - MOST_STEPS)]
  return details(`Every step, with its time (${shown.length})`, body.filter(part => part !== '').join('\n\n'))
}

const moreSteps = (number: number): string =>
  number > 0 ? `… and ${count(number, 'more step')}, in the record.` : ''

const STATUS: Readonly<Record<StepReport['status'], string>> = {
  passed: '✓',
  failed: '❌ failed',
  warned: '⚠️ warned',
  'timed-out': '❌ timed out',
  unseen: '❓ end not seen',
}

const ACTIONS: Readonly<Record<StepReport['action'], (phase: string) => string>> = {
  ready: phase => `before ${phase}`,
  do: phase => phase,
  undo: phase => `${phase}, taken back`,
  check: phase => phase,
}

const rows = (all: readonly StepReport[]): string =>
  table(
    ['host', 'phase', 'step', '', 'began at', 'took'],
    all.map(step => [
      text(step.host),
      ACTIONS[step.action](step.phase),
      prose(step.title, 200),
      STATUS[step.status],
      duration(step.from / 1000),
      duration((step.to - step.from) / 1000),
    ]),
  )
