import { Refusal } from '../refusal.ts'

/** The text cannot be handed to a shell unchanged. The text itself is not in the message: it may be a secret. */
export class Unquotable extends Refusal {
  readonly code = 'RB-UNQUOTABLE'
}

/**
 * One word for a POSIX shell (dash, bash, busybox) that stands for exactly `text`. The only way by which text gets
 * into a command.
 *
 * @throws Unquotable when no word can stand for it.
 */
export function quote(text: string): string {
  if (text.includes('\0')) {
    throw new Unquotable(
      'A value contains a NUL character, which no command can carry. Nothing was changed.',
      ['Take the NUL character out of the value.'],
    )
  }
  // UTF-8 has no way to write half of a surrogate pair: it would reach the host as another character.
  if (!text.isWellFormed()) {
    throw new Unquotable('A value contains half of a character (a lone surrogate). Nothing was changed.', [
      'Type the value again.',
    ])
  }
  return `'${text.replaceAll("'", "'\\''")}'`
}
