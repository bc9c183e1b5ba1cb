export const DURATION = /^(\d{1,8}(?:\.\d{1,3})?)(ms|s|m|h)$/
const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 }
const UNIT_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(ms|msecs?|millis|milliseconds?)$/, 'ms'],
  [/^(s|secs?|seconds?)$/, 's'],
  [/^(m|mins?|minutes?)$/, 'm'],
  [/^(h|hrs?|hours?)$/, 'h'],
]
const LONGEST = 24 * 3600

/** Seconds of a time such as `200ms`, `30s`, `5m` or `1h`; undefined when `durationProblem` has something to say. */
export function seconds(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text) ?? []
  if (amount === undefined || unit === undefined) return undefined
  const value = Math.round(Number(amount) * (SECONDS[unit] ?? 0) * 1000) / 1000
  return value > 0 && value <= LONGEST ? value : undefined
}

/** What is wrong with a time, with one that would work where it can be guessed. */
export function durationProblem(text: string): string | undefined {
  if (seconds(text) !== undefined) return undefined
  if (DURATION.test(text)) return 'A time must be longer than nothing and at most 24h.'
  const meant = guess(text)
  return `Expected a time with one unit, such as 200ms, 30s, 5m or 1h.${meant === undefined ? '' : ` Did you mean ${meant}?`}`
}

function guess(text: string): string | undefined {
  const words = text.trim().toLowerCase()
  const [, hours, minutes] = /^(\d{1,2})\s*h\s*(\d{1,2})\s*m?$/.exec(words) ?? []
  const [, amount, word = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)\.?$/.exec(words) ?? []
  const unit = word === '' ? 's' : UNIT_WORDS.find(([pattern]) => pattern.test(word))?.[1]
  const meant =
    hours !== undefined && minutes !== undefined
      ? `${Number(hours) * 60 + Number(minutes)}m`
      : `${amount}${unit}`
  return seconds(meant) === undefined ? undefined : meant
}
