import { createHmac } from 'node:crypto'

/** Whether the first field of a known_hosts line stands for a name (`host`, or `[host]:port`). */
export type HostPattern = (name: string) => boolean

/**
 * Reads the first field of a known_hosts line: names, `*` and `?`, `!` negation, comma lists, and hashed names. Like
 * OpenSSH, without regard to case.
 *
 * @returns undefined when the field cannot be read.
 */
export function hostPattern(field: string): HostPattern | undefined {
  return field.startsWith('|') ? hashed(field) : listed(field)
}

function hashed(field: string): HostPattern | undefined {
  const [, salt, hash] = /^\|1\|([A-Za-z0-9+/]+=*)\|([A-Za-z0-9+/]+=*)$/.exec(field) ?? []
  if (salt === undefined || hash === undefined) return undefined
  const key = Buffer.from(salt, 'base64')
  const expected = Buffer.from(hash, 'base64')
  return name => createHmac('sha1', key).update(name.toLowerCase()).digest().equals(expected)
}

/** One negated match is enough to rule the whole line out, whatever else is on it. */
function listed(field: string): HostPattern | undefined {
  const patterns = field.toLowerCase().split(',')
  if (patterns.some(pattern => pattern === '' || pattern === '!')) return undefined
  const wanted = patterns.filter(pattern => !pattern.startsWith('!'))
  const unwanted = patterns.filter(pattern => pattern.startsWith('!')).map(pattern => pattern.slice(1))
  return name => {
    const lower = name.toLowerCase()
    return wanted.some(p => fits(p, lower)) && !unwanted.some(p => fits(p, lower))
  }
}

/** A loop and no regular expression: a line of stars must not cost more than its length times the name's. */
function fits(pattern: string, text: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  for (let i = 0; i < text.length; ) {
    if (pattern[at] === '*') {
      star = at
      at += 1
      resume = i
    } else if (pattern[at] === '?' || pattern[at] === text[i]) {
      at += 1
      i += 1
    } else if (star !== -1) {
      at = star + 1
      resume += 1
      i = resume
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}
