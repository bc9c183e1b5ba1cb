import type { Step } from '../engine/plan.ts'
import type { StepAction } from '../engine/wire.ts'
import type { CheckReport, StepReport } from '../outcome.ts'
import type { Log } from '../report/log.ts'
import type { LongWatch } from '../report/still-running.ts'

/** What a chronicle needs to know of a step to tell about it. */
export type NamedStep = Pick<Step, 'number' | 'phase' | 'title' | 'severity' | 'data'>

/** The steps of a run as they are taken: told in the log, and kept for the report. */
export interface StepNotes {
  began(host: string, step: NamedStep, action: StepAction): void
  /** @param tries how often a check looked. */
  ended(host: string, step: NamedStep, action: StepAction, status: number, tries: number): void
  output(host: string, step: NamedStep, action: string, text: string): void
  /** In the order in which they began. Of a step that is not known to have ended, nobody can say more. */
  steps(): StepReport[]
  /** What the hosts looked at, as checks beside those of the runner. */
  checks(): CheckReport[]
}

interface Note {
  report: StepReport
  tries: number
  readonly proof: CheckReport['proof']
  readonly output: string[]
}

/** The last lines of a step's output that a report keeps. */
const OUTPUT_LINES = 50

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
      const note: Note = { report, tries: 0, proof, output: [] }
      notes.push(note)
      latest.set(keyOf(host, step, action), note)
      long.began(keyOf(host, step, action), host, title)
    },
    ended(host, step, action, status, tries) {
      const key = keyOf(host, step, action)
      long.ended(key)
      const note = latest.get(key)
      if (!note) return
      const verdict = status === 0 ? 'passed' : step.severity === 'warn' ? 'warned' : 'failed'
      note.report = { ...note.report, to: now(), status: status === TIMED_OUT ? 'timed-out' : verdict }
      note.tries = tries
      if (action === 'ready' && status === 0) return
      const mark = action === 'undo' && status === 0 ? 'restored' : verdict
      log.step(host, mark, wordsFor(step, action, status), note.report.to - note.report.from)
    },
    output(host, step, action, text) {
      const note = latest.get(keyOf(host, step, action))
      // A host may send without end; its step has had its say.
      if (!note || note.output.length >= OUTPUT_LINES) return
      note.output.push(text)
      if (action === 'ready' && text.startsWith('warning: ')) warn(`${host}: ${text.slice(9)}`)
      else log.output(host, [text])
    },
    steps: () => notes.map(({ report, output }) => ({ ...report, output })),
    checks: () => notes.filter(({ report, tries }) => report.action === 'check' && tries > 0).map(checkOf),
  }
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
