/**
 * What a shell does to become the courier: the first line on its input is a count of bytes, then come so many bytes of
 * a program, which reads everything after that itself.
 *
 * `dd` and not `head -c`: the one in BusyBox reads ahead and swallows the message behind the program. Only
 * `iflag=fullblock` makes one read of the right size complete on a pipe; where `dd` has no such flag it fails before it
 * has read anything, and bytes are taken one by one.
 */
export const COURIER =
  'IFS= read -r n && eval "$(dd bs="$n" count=1 iflag=fullblock 2>/dev/null || dd bs=1 count="$n" 2>/dev/null)"'

/** The command for a host, whatever the login shell: in single quotes, csh and fish read it as sh does. */
export const COURIER_COMMAND = `exec /bin/sh -c '${COURIER}'`

/**
 * The first thing on a courier's input. The braces make a program that was cut off in transit a syntax error, of which
 * a shell runs nothing.
 */
export function greeting(program: string): string {
  const body = `{ ${program}\n}\n`
  return `${Buffer.byteLength(body)}\n${body}`
}
