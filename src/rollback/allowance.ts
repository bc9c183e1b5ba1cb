import type { HostPlan, Step } from '../engine/plan.ts'
import type { Phase } from '../kind/item.ts'

/** What a run is waited for on one host. */
export type Awaited = 'prepared' | 'switched' | 'verified' | 'resumed' | 'diagnosed' | 'committed' | 'back'

/** Seconds for everything that is no step: a disk that syncs, a machine that does many things at once. */
export const SLACK = 60

/** Commands that one step may run, each with the time limit of the step: a backup is written, read back, restored. */
const COMMANDS = 3

/** Seconds that a command is given to end by itself: `timeout -k` in `engine/program/step.sh`. */
const GRACE = 5

/** Seconds of the longest pause between two tries of a check: `check` in `engine/program/journey.sh`. */
const LONGEST_PAUSE = 5

/**
 * Seconds that a host may take for what is awaited, by its plan: the time limits of all steps that can run until then,
 * and some slack. A program that takes longer does not work on it any more, however well the host answers.
 */
export function allowance({ steps }: Pick<HostPlan, 'steps'>, awaited: Awaited, slack = SLACK): number {
  const of = (...phases: readonly Phase[]) =>
    sum(steps.filter(({ phase }) => phases.includes(phase)).map(secondsOf))
  // Each switch is looked at once more when it was done.
  const switching = of('stop', 'switch', 'start') + of('switch')
  switch (awaited) {
    case 'prepared':
      return slack + of('backup') + sum(steps.map(({ timeout }) => timeout + GRACE))
    case 'switched':
      return slack + switching
    case 'verified':
      return slack + of('verify')
    case 'resumed':
      return slack + of('resume')
    case 'diagnosed':
      return slack + of('verify', 'resume', 'diagnose')
    case 'committed':
      return slack + of('switch')
    case 'back':
      // It hears the word only when it has done what it is at.
      return slack + switching + of('verify', 'resume', 'diagnose') + switching
  }
}

function secondsOf({ timeout, phase, data }: Step): number {
  const once = (timeout + GRACE) * COMMANDS
  if (phase !== 'verify') return once
  const every = Number(data.every)
  const pause = Number.isFinite(every) ? every : LONGEST_PAUSE
  return (Number(data.attempts) || 1) * (once + pause)
}

const sum = (seconds: readonly number[]): number => seconds.reduce((all, each) => all + each, 0)
