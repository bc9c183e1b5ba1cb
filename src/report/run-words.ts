import type { StatusReport } from '../outcome.ts'

type EarlierRun = Omit<StatusReport['runs'][number], 'run'>

/** A run that goes from nowhere to nowhere: a drill broke something, or looked. */
const goesNowhere = ({ from, to }: Pick<EarlierRun, 'from' | 'to'>): boolean => from === '' && to === ''

/** From where to where it went, as a table shows it. */
export const wentWords = (run: Pick<EarlierRun, 'from' | 'to'>): string =>
  goesNowhere(run) ? 'a step of a drill' : `${run.from} → ${run.to}`

/** How an earlier run ended, in words for a person who did not see it, e.g. `stayed on 41`. */
export function endedAs(run: EarlierRun): string {
  const { direction, from, to, ended } = run
  const back = direction === 'back'
  if (goesNowhere(run) && (ended === 'committed' || ended === 'kept'))
    return back ? 'taken back' : 'ran to its end'
  if (goesNowhere(run) && ended === 'undone') return 'taken back'
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
