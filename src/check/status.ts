/** Both ends belong to it. */
export interface StatusRange {
  readonly from: number
  readonly to: number
}

export const DEFAULT_STATUS: readonly StatusRange[] = [{ from: 200, to: 299 }]

/**
 * Reads `200`, `'200'`, `'2xx'`, `'200-299'`, or a list of these.
 *
 * @returns undefined for anything else, such as `999`, `'299-200'` or an empty list.
 */
export function parseStatus(given: unknown): readonly StatusRange[] | undefined {
  if (!Array.isArray(given)) {
    const range = parseOne(given)
    return range && [range]
  }
  const ranges = given.map(parseOne)
  const valid = ranges.filter(range => range !== undefined)
  return valid.length > 0 && valid.length === ranges.length ? valid : undefined
}

function parseOne(given: unknown): StatusRange | undefined {
  if (typeof given !== 'number' && typeof given !== 'string') return undefined
  const text = String(given)
  const hundreds = /^([1-5])xx$/i.exec(text)
  if (hundreds) return { from: Number(hundreds[1]) * 100, to: Number(hundreds[1]) * 100 + 99 }
  const ends = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text)
  if (!ends) return undefined
  const from = Number(ends[1])
  const to = ends[2] === undefined ? from : Number(ends[2])
  return from <= to ? { from, to } : undefined
}

export const inRanges = (status: number, ranges: readonly StatusRange[]): boolean =>
  ranges.some(range => range.from <= status && status <= range.to)

/** `200`, `200-299`, `200 or 404`. */
export const shownRanges = (ranges: readonly StatusRange[]): string =>
  ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(' or ')
