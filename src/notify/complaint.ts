import { shownText } from '../check/shown.ts'

/**
 * What is wrong by an answer that says 200 and means no: a number other than 0 under one of `codes`.
 *
 * @param words keys of the text beside it.
 */
export function complaintIn(
  answer: string,
  codes: readonly string[],
  words: readonly string[],
): string | undefined {
  const said = read(answer)
  const code = codes.map(key => said?.[key]).find(value => value !== undefined)
  // A page of a proxy, or of a wrong address, says 200 as well.
  if (code === undefined) return 'it answered, but not as this chat does'
  if (code === 0) return undefined
  const why = words.map(key => said?.[key]).find(value => typeof value === 'string' && value !== '')
  return `it refused the message: ${shownText(String(code))}${typeof why === 'string' ? `, ${shownText(why)}` : ''}`
}

function read(answer: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(answer)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
