import type { StatusReport } from '../outcome.ts'

type EarlierRun = Omit<StatusReport['runs'][number], 'run'>

/** How an earlier run ended, in words for a person who did not see it, e.g. `stayed on 41`. */
export function endedAs({ direction, from, to, ended }: EarlierRun): string {
  const back = direction === 'back'
  switch (ended) {
    case 'committed':
      return back ? `undone: back on ${from}` : `stayed on ${to}`
    case 'kept':
      return back ? `undone: back on ${from}, not confirmed` : `stayed on ${to}, not confirmed`
    case 'undone':
      return back
        ? `an undo was begun and did not come to its end: the host went back to ${to}`
        : `went back to ${from}`
    case 'refused':
      return back ? `its undo changed nothing: on ${to}` : 'changed nothing'
    case 'needs-operator':
      return 'in between: needs its operator'
    default:
      return `not over: ${back ? 'being undone, ' : ''}${ended}`
  }
}
