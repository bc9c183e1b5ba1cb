import type { RunReport, TriggerReport, WatchReport } from '../outcome.ts'
import { count, duration } from './amounts.ts'

/** What a trigger does, as a thing that happens. */
export const ACTION_WORDS = {
  rollback: 'it rolls back',
  ask: 'a person decides',
  watch: 'a warning',
} as const satisfies Record<TriggerReport['action'], string>

/** One line for the log, when a trigger stands otherwise than before. @param held seconds for which it did hold. */
export function changeWords(trigger: TriggerReport, held: number): string {
  const { when, seen, state } = trigger
  const lasting = duration(trigger.for)
  switch (state) {
    case 'fired':
      return `${when} (${seen}) for ${lasting}: ${ACTION_WORDS[trigger.action]}`
    case 'holds':
      return `${when} (${seen}); when that lasts ${lasting}, ${ACTION_WORDS[trigger.action]}`
    case 'clear':
      return `not any more: ${when} (${seen})${held > 0 ? `, after ${duration(held)}` : ''}`
    default:
      return `${when}: can't be looked at (${seen})`
  }
}

/** A sentence about looks that brought nothing; empty when all brought something. */
export function blindWords({ when, looks, blind, state, seen }: TriggerReport): string {
  if (blind === 0) return ''
  const last = state === 'blind' || state === 'unseen' ? `; the last one: ${seen}` : ''
  return blind === looks
    ? `\`${when}\` was never seen, in ${count(looks, 'look')}${last}. It could not fire.`
    : `\`${when}\`: ${blind} of ${count(looks, 'look')} brought nothing${last}. They count neither way.`
}

/** How a trigger stood at the end, for the table. */
export function standWords({ state, held, blind, looks }: TriggerReport): string {
  const longest = held > 0 ? `, held ${duration(held)} at most` : ''
  switch (state) {
    case 'fired':
      return `fired, after ${duration(held)}`
    case 'holds':
      return `held ${duration(held)} when it ended`
    case 'unseen':
      return 'never seen'
    case 'blind':
      return `not seen at the end${longest}`
    default:
      return `did not fire${longest}${blind > 0 ? `; ${blind} of ${looks} looks brought nothing` : ''}`
  }
}

/** What the first line says of a watch that ended green: what it can't vouch for is in it. */
export function watchedWords({ watch }: Pick<RunReport, 'watch'>): string {
  const triggers = watch?.triggers ?? []
  const unseen = triggers.filter(({ state }) => state === 'unseen').length
  const warned = triggers.filter(({ state }) => state === 'fired').length
  const parts = [
    warned === 0 ? 'no trigger fired' : `nothing to roll back, ${count(warned, 'trigger')} to look at`,
    ...(unseen > 0 ? [`${unseen} of ${triggers.length} never seen`] : []),
  ]
  return `was watched for ${duration(watch?.seconds ?? 0)}: ${parts.join(', ')}`
}

/** Why a watch rolls back, as the reason of that rollback. */
export const becauseWords = ({ when, seen, for: lasting }: TriggerReport): string =>
  `the watch saw ${when} (${seen}) for ${duration(lasting)}`

/** How it is going to watch. */
export const plannedWatchWords = ({
  for: whole,
  every,
  triggers,
}: Pick<WatchReport, 'for' | 'every'> & { triggers: number }): string =>
  `${count(triggers, 'trigger')}, for ${duration(whole)}, a look every ${duration(every)}.`
