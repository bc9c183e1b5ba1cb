/** What the step tells its post step, as `saveState` keeps it: text by name, empty or absent for nothing. */
export interface Told {
  /** The run that touched hosts, and how far it came. */
  readonly run?: string
  readonly stage?: string
  /** The drill that is not over. */
  readonly drill?: string
  /** The last word about a deployment that GitHub has not been told. */
  readonly deployment?: string
}

/** Under this name the step says that nothing is left, as `true`. `dist/post.js` reads it before it loads anything else. */
export const OVER = 'over'

/** A run that stopped here has hosts to look after; one that only looked, or came to its end, has none. */
export const isCutOff = ({ run = '', stage = '' }: Told): boolean =>
  run !== '' && !['', 'looking', 'settled'].includes(stage)

/** Whether the post step has something to bring to an end. */
export const hasLooseEnds = (told: Told): boolean =>
  isCutOff(told) || (told.drill ?? '') !== '' || (told.deployment ?? '') !== ''
