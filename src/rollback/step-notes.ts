import type { Step } from '../engine/plan.ts'
import type { StepAction } from '../engine/wire.ts'
import type { CheckReport, StepReport } from '../outcome.ts'
import { bytes } from '../report/amounts.ts'
import type { Log } from '../report/log.ts'
import type { LongWatch } from '../report/still-running.ts'

/** What a chronicle needs to know of a step to tell about it. */
export type NamedStep = Pick<Step, 'number' | 'phase' | 'title' | 'severity' | 'data'>

/** The steps of a run as they are taken: told in the log, and kept for the report. */
export interface StepNotes {
  began(host: string, step: NamedStep, action: StepAction): void
  /** @param tries how often a check looked. @param took milliseconds, where it was not told at once. */
  ended(host: string, step: NamedStep, action: StepAction, status: number, tries: number, took?: number): void
  output(host: string, step: NamedStep, action: string, text: string): void
  /** Bytes that a step has written so far, of about so many; 0 when nobody knows how many. */
  progress(host: string, step: NamedStep, bytes: number, expected: number): void
  /** In the order in which they began. Of a step that is not known to have ended, nobody can say more. */
  steps(): StepReport[]
  /** What steps of ours said that they leave to people, and nothing of what was taken back since. */
  followUps(): { readonly host: string; readonly text: string }[]
  /** What the hosts looked at, as checks beside those of the runner. */
  checks(): CheckReport[]
}

interface Note {
  report: StepReport
  tries: number
  readonly proof: CheckReport['proof']
  readonly output: string[]
  readonly followUps: string[]
}

/** The last lines of a step's output that a report keeps. */
const OUTPUT_LINES = 50
/** The same for those that are there for their output. */
const DIAGNOSIS_LINES = 200

/** Status of a command that its time limit ended. */
const TIMED_OUT = 124

export function openStepNotes(
  log: Log,
  now: () => number,
  long: LongWatch,
  warn: (text: string) => void,
): StepNotes {
  const notes: Note[] = []
  // A step may be taken again on the way back: what comes now belongs to the last time.
  const latest = new Map<string, Note>()
  const keyOf = (host: string, step: NamedStep, action: string) => `${host} ${step.number} ${action}`

  return {
    began(host, step, action) {
      const { number, phase, title } = step
      const at = now()
      const report = {
        host,
        number,
        phase,
        action,
        title,
        status: 'unseen',
        from: at,
        to: at,
        output: [],
      } as const
      const proof = step.data.proof === 'version' ? 'version' : 'weak'
      const note: Note = { report, tries: 0, proof, output: [], followUps: [] }
      notes.push(note)
      if (action === 'undo') latest.get(keyOf(host, step, 'do'))?.followUps.splice(0)
      latest.set(keyOf(host, step, action), note)
      long.began(keyOf(host, step, action), host, title)
    },
    ended(host, step, action, status, tries, took) {
      const key = keyOf(host, step, action)
      long.ended(key)
      const note = latest.get(key)
      if (!note) return
      const verdict = status === 0 ? 'passed' : step.severity === 'warn' ? 'warned' : 'failed'
      const to = took === undefined ? now() : note.report.from + took
      note.report = { ...note.report, to, status: status === TIMED_OUT ? 'timed-out' : verdict }
      note.tries = tries
      if (action === 'ready' && status === 0) return
      const mark = action === 'undo' && status === 0 ? 'restored' : verdict
      log.step(host, mark, wordsFor(step, action, status), note.report.to - note.report.from)
    },
    output(host, step, action, text) {
      const note = latest.get(keyOf(host, step, action))
      // A host may send without end; its step has had its say.
      if (!note || note.output.length >= (step.phase === 'diagnose' ? DIAGNOSIS_LINES : OUTPUT_LINES)) return
      note.output.push(text)
      // A step that works with a database speaks in our own words all along.
      const ours = action === 'ready' || step.data.system !== undefined
      if (ours && text.startsWith('warning: ')) warn(`${host}: ${text.slice(9)}`)
      else log.output(host, [text])
      if (ours && text.startsWith('follow-up: ')) note.followUps.push(text.slice(11))
    },
    progress(host, step, written, expected) {
      long.saw(keyOf(host, step, 'do'), progressWords(step.title, written, expected))
    },
    steps: () => notes.map(({ report, output }) => ({ ...report, output })),
    followUps: () =>
      notes.flatMap(({ report: { host }, followUps }) => followUps.map(text => ({ host, text }))),
    checks: () => notes.filter(({ report, tries }) => report.action === 'check' && tries > 0).map(checkOf),
  }
}

/** `backing up main: 412.0 MB of about 900.0 MB`; what is more than was expected is told without it. */
function progressWords(title: string, written: number, expected: number): string {
  const doing = title.replace(/^back up\b/, 'backing up')
  const of = expected >= written && expected > 0 ? ` of about ${bytes(expected)}` : ' so far'
  return `${doing}: ${bytes(written)}${of}`
}

function wordsFor({ title }: NamedStep, action: StepAction, status: number): string {
  if (action === 'ready') return `not ready for: ${title}`
  const words = action === 'undo' ? `undo: ${title}` : title
  return status === TIMED_OUT ? `${words}: out of time` : words
}

function checkOf({ report, tries, proof, output }: Note): CheckReport {
  const { title, host, status, from, to } = report
  return {
    title,
    from: host,
    status: status === 'passed' || status === 'warned' ? status : 'failed',
    before: 'not-run',
    attempts: tries,
    seconds: Math.round(to - from) / 1000,
    detail: output.findLast(line => line.trim() !== '') ?? '',
    proof,
  }
}
