import type { Complain } from './bad-input.ts'

const MOST_CHARACTERS = 4096

/** The lines of an input that say something, without the space around them. */
export const linesOf = (text: string): readonly string[] =>
  text
    .split(/\r\n|\r|\n/)
    .map(line => line.trim())
    .filter(line => line !== '')

/** Reads `name=value` lines. The values are not shown: some are nobody's business. */
export function parseParameters(text: string, complain: Complain): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  linesOf(text).forEach((line, at) => {
    const say = (message: string) => complain('parameters', `Line ${at + 1}: ${message}`)
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_-]{0,63})\s*=\s*(.*)$/s.exec(line) ?? []
    if (name === undefined || value === undefined)
      say('expected name=value, with a name of letters, digits, _ and -.')
    else if (parameters.has(name)) say(`${name} is given for the second time.`)
    else if (/\p{Cc}/u.test(value)) say(`the value of ${name} has a control character in it.`)
    else if (value.length > MOST_CHARACTERS) say(`the value of ${name} has more than 4,096 characters.`)
    else parameters.set(name, value)
  })
  return parameters
}
