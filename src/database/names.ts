const LONGEST = 64

/**
 * What is wrong with the name of a table or a schema. A server takes nearly anything in quotes, and so do we: only what
 * no list of lines and no file can hold is refused.
 */
export function identifierProblem(text: string): string | undefined {
  if (text === '') return 'The name is empty.'
  if (text !== text.trim()) return 'Remove the spaces or line breaks around it.'
  if (/\p{Cc}/u.test(text) || !text.isWellFormed()) return 'A name has no control characters.'
  // The tools would take it for one of their options.
  if (text.startsWith('-')) return 'A name that begins with - can not be told from an option.'
  const { length } = [...text]
  return length > LONGEST ? `It has ${length} characters; a name has at most ${LONGEST}.` : undefined
}
