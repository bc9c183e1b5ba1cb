import type { Seen } from './tree.ts'

/** What a case wants to see: one of these releases live on every host, or everything as it was and a red exit. */
export type Right = { readonly live: readonly string[] } | 'refused'

/** `refused`: it did nothing and said so, where it could have done what was asked. */
export type Verdict = 'right' | 'refused' | 'wrong' | 'silently wrong' | 'not asked'

export interface Judged {
  readonly verdict: Verdict
  /** What was seen, in a few words. */
  readonly words: string
}

/**
 * Judges one run. Only what stands on the hosts and the exit status count; what a tool prints does not.
 *
 * @param before release that was live on each host; undefined where `current` led nowhere
 */
export function judge(
  right: Right,
  before: readonly (string | undefined)[],
  seen: readonly Seen[],
  exitCode: number,
): Judged {
  const lives = seen.map(({ live }) => live)
  const whole = seen.every(({ vanished, stray }) => vanished.length === 0 && stray.length === 0)
  const still = whole && lives.every((live, host) => live === before[host])
  const there =
    right !== 'refused' &&
    whole &&
    new Set(lives).size === 1 &&
    lives.every(live => live !== undefined && right.live.includes(live))
  return { verdict: verdictOf(right, there, still, exitCode === 0), words: wordsOf(seen, exitCode) }
}

function verdictOf(right: Right, there: boolean, still: boolean, green: boolean): Verdict {
  if (right === 'refused') {
    if (still) return green ? 'silently wrong' : 'right'
    return green ? 'silently wrong' : 'wrong'
  }
  if (there) return green ? 'right' : 'wrong'
  if (green) return 'silently wrong'
  return still ? 'refused' : 'wrong'
}

function wordsOf(seen: readonly Seen[], exitCode: number): string {
  const lives = [...new Set(seen.map(({ live }) => live ?? 'nothing'))]
  const vanished = [...new Set(seen.flatMap(each => each.vanished))]
  const stray = [...new Set(seen.flatMap(each => each.stray))]
  return [
    `exit ${exitCode}`,
    lives.length === 1 ? `live ${lives[0]}` : `live ${seen.map(({ live }) => live ?? 'nothing').join(' · ')}`,
    ...(vanished.length > 0 ? [`deleted ${vanished.join(', ')}`] : []),
    ...(stray.length > 0 ? [`left ${stray.join(', ')}`] : []),
  ].join(', ')
}
