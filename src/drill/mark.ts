import type { Session } from '../engine/conversation.ts'
import type { Question } from '../engine/greeting.ts'
import { type DrillMark, drillMarkLine } from '../release/drill-mark.ts'
import { readFactLine } from '../release/fact-line.ts'

const SHELL = new URL('./mark.sh', import.meta.url)

const asking = (ask: string, ...about: string[]): Question => ({ shell: SHELL, ask, about })

const answerTo = async (session: Session, question: Question): Promise<string> =>
  (await session.ask([question])).map(readFactLine).find(({ word }) => word === 'drill-mark')?.text ??
  'no answer'

/** Leaves the mark on a host, where nobody else has left one. @returns `ours`, `taken`, or why it can't be written. */
export const beginMark = (session: Session, run: string, mark: DrillMark): Promise<string> =>
  answerTo(session, asking('drill_begin', run, drillMarkLine(mark)))

/** Changes what our own mark says. @returns the same words. */
export const changeMark = (session: Session, run: string, mark: DrillMark): Promise<string> =>
  answerTo(session, asking('drill_go', run, drillMarkLine(mark)))

/** Takes the mark of that run away. @returns `gone`, or `not ours`. */
export const endMark = (session: Session, run: string): Promise<string> =>
  answerTo(session, asking('drill_end', run))

export const beatMark = (session: Session, run: string): Promise<unknown> =>
  session.ask([asking('drill_beat', run)])

/** Adds a line to the drills that a host remembers. */
export const keepDrill = (session: Session, line: string): Promise<unknown> =>
  session.ask([asking('drill_keep', line)])

/** The last drills that a host remembers, the oldest first. */
export const askPast = async (session: Session): Promise<readonly string[]> =>
  (await session.ask([asking('drill_past')]))
    .map(readFactLine)
    .flatMap(({ word, text, exact }) => (word === 'drill-past' && exact ? [text] : []))
