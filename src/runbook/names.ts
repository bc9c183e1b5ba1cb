import { isKeyLike } from './given.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/
const SECRET = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/

/**
 * A character as it can be shown safely: look-alikes, invisible ones and ones that turn the reading direction round
 * are told by their number, as printing them would hide what is wrong.
 */
export function shownCharacter(character: string): string {
  if (character === ' ') return 'a space'
  if (/^[!-~]$/.test(character)) return character
  const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `U+${point}`
}

/** What is wrong with the name of an app, an environment, a rollback, a list of checks or a host. */
export function nameProblem(text: string): string | undefined {
  if (NAME.test(text)) return undefined
  const works = text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63)
    .replace(/-+$/, '')
  const rule = 'A name has 1 to 63 of A-Z a-z 0-9 . _ and -, and starts with a letter or a digit.'
  return NAME.test(works) && !isKeyLike(text) ? `${rule} ${works} would work.` : rule
}

/** What is wrong with the name of a secret, i.e. of an environment variable. Never repeats the text: it may be one. */
export function secretNameProblem(text: string): string | undefined {
  if (!SECRET.test(text)) return 'Expected the name of a secret, such as DB_PASSWORD, not its value.'
  if (/^(ROLLBOOK_|LD_)|^(PATH|HOME|SHELL|IFS|ENV|BASH_ENV)$/.test(text)) {
    return 'This name means something to Rollbook or to the shell. Give the secret another name.'
  }
  return undefined
}
