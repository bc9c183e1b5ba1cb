import type { RunHeading, RunReport } from '../outcome.ts'
import { count, duration, named } from '../report/amounts.ts'
import { neutraliseTitle } from '../report/neutralise.ts'
import { nextSteps } from '../report/next-steps.ts'
import { headlineWords } from '../report/verdict.ts'
import type { Notice } from '../runbook/notify.ts'
import { CHANGING } from './changing.ts'

/** What a chat is told: plain words, each on one line. How they become a message is up to the chat, which escapes them. */
export interface Message {
  readonly notice: Notice
  readonly sign: string
  /** One line: what has begun, or how it ended. */
  readonly title: string
  /** What it means, and what to do now. */
  readonly lines: readonly string[]
  readonly facts: readonly { readonly name: string; readonly value: string }[]
  /** Address of the run, ours alone; empty on the command line. */
  readonly link: string
  /** The same for programs. */
  readonly data: Readonly<Record<string, unknown>>
}

type Told = RunHeading & Partial<Pick<RunReport, 'outcome' | 'duration' | 'rtoMet' | 'checks'>>

/** The message for a run that begins to touch the hosts. */
export function beginning(heading: RunHeading, server: string | undefined): Message {
  const { app, environment, operation, rto } = heading
  const what = operation === 'undo' ? 'an undo' : `a ${operation}`
  const expected = rto === undefined ? [] : [fact('Expected', `within ${duration(rto)}`)]
  return {
    notice: 'started',
    sign: '⏳',
    title: line(`${app} · ${environment}: ${what} has begun`),
    lines: [],
    facts: [...factsOf(heading), ...expected],
    link: linkTo(heading, server),
    data: dataOf('started', heading),
  }
}

/** What is told of how a run ended; undefined when it is nothing that changes or was to change what serves. */
export function noticeOf({ outcome, operation }: RunReport): Notice | undefined {
  if (outcome === 'rolled-back' || outcome === 'undone') return outcome
  const red =
    outcome === 'refused' || outcome === 'restored' || outcome === 'needs-operator' || outcome === 'unknown'
  return red && CHANGING.includes(operation) ? 'failed' : undefined
}

/** The message for a run that is over. */
export function ending(notice: Notice, report: RunReport, server: string | undefined): Message {
  const { checks, duration: seconds, rto, rtoMet } = report
  const passed = checks.filter(({ status }) => status === 'passed').length
  const target = rto === undefined ? '' : ` (target ${duration(rto)}${rtoMet === false ? ', missed' : ''})`
  return {
    notice,
    sign: notice === 'failed' ? '❌' : '✅',
    title: line(headlineWords(report)),
    lines: notice === 'failed' ? failedLines(report) : [],
    facts: [
      ...factsOf(report),
      ...(seconds > 0 ? [fact('Took', `${duration(seconds)}${target}`)] : []),
      ...(checks.length > 0 ? [fact('Checks', `${passed} of ${count(checks.length, 'check')} passed`)] : []),
    ],
    link: linkTo(report, server),
    data: dataOf(notice, report),
  }
}

interface Meaning {
  readonly means: string
  /** What to do where the report itself has no better word. */
  readonly now: string
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  refused: {
    means: 'Nothing was changed on any host.',
    now: 'Mend what the run names, and run it again.',
  },
  restored: {
    means:
      'It was tried, it failed, and every host is back where it was: what was wrong before is still wrong.',
    now: 'Read in the run what failed, and try another release.',
  },
  'needs-operator': {
    means: 'It is in between, and the lock is kept: somebody has to act now.',
    now: 'The run has the exact commands.',
  },
  unknown: {
    means: 'Contact was lost, so what is live is not known.',
    now: 'Run the operation "status" to see what is live on each host.',
  },
}

/** A drill goes there and back by itself: what it found wrong is a matter for the day. */
const DRILL_FAILED: Meaning = {
  means: 'The drill did not come to a good end, and every host is as it was before it.',
  now: 'Read in its report what failed or took too long.',
}

function failedLines(report: RunReport): readonly string[] {
  const drilled = report.operation === 'drill' && report.outcome === 'restored'
  const meaning = drilled ? DRILL_FAILED : MEANINGS[report.outcome]
  const [first] = nextSteps(report)
  const [why] = (report.failure?.message ?? '').split('\n')
  return [meaning?.means ?? '', why ?? '', `Now: ${first?.text ?? meaning?.now ?? ''}`]
    .filter(text => text !== '')
    .map(text => line(text.replaceAll('`', '"'), 500))
}

function factsOf({ from, to, target, hosts, actor, reason, title, rollback }: Told): Message['facts'] {
  const release = from === '' && to === '' ? target : `${from || '?'} → ${to || '?'}`
  return [
    fact('Release', release),
    fact('Rollback', title ?? rollback),
    fact('Hosts', named(hosts)),
    fact('Asked by', actor),
    fact('Why', reason),
  ].filter(({ value }) => value !== '')
}

const line = (text: string, width = 300): string => neutraliseTitle(text, width)

const fact = (name: string, value: string) => ({ name, value: line(value) })

const SERVER = /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?$/
// Anything else in its place would be somebody's link.
const RUN_PATH = /^(\/[\w.-]+){2}\/actions\/runs\/\d+(\/attempts\/\d+)?$/

const linkTo = ({ workflowRun }: Told, server = 'https://github.com'): string =>
  RUN_PATH.test(workflowRun) && SERVER.test(server) ? `${server}${workflowRun}` : ''

function dataOf(notice: Notice, told: Told): Message['data'] {
  const { operation, run, app, environment, rollback, target, from, to, reason, actor, started } = told
  const { outcome, duration: took, rto, rtoMet, hosts } = told
  const head = {
    notice,
    operation,
    run,
    app,
    environment,
    rollback,
    target,
    from,
    to,
    reason,
    actor,
    started,
  }
  return { ...head, hosts: hosts.map(({ name }) => name), outcome, duration: took, rto, rtoMet }
}
