const LONGEST = 80

/** Text from outside, fit for one line of a message: bounded, with controls and direction marks spelled out. */
export function shownText(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return short.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, character => {
    const code = character.codePointAt(0) ?? 0
    return `\\u{${code.toString(16)}}`
  })
}

/** A JSON value for a message. Maps and lists are only named: they can be large, deep, and full of other data. */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'a map'
  if (typeof value === 'string') return `"${shownText(value)}"`
  return String(value)
}
