import type { Message } from './message.ts'

/**
 * Words that are no mention and no link in any chat: those are found in the finished text, so they are broken with a
 * zero-width space.
 */
export const tame = (text: string): string =>
  text
    .replace(/@(?=\S)/g, '@\u200b')
    .replace(/:(?=\/\/)/g, ':\u200b')
    .replace(/\b(www)\./gi, '$1\u200b.')

/** For chats in whose plain text `<…>` still means something: a person, or everybody. */
export const withoutTags = (text: string): string => tame(text).replaceAll('<', '‹').replaceAll('>', '›')

/**
 * The longest beginning of a text that still has room once it is escaped.
 *
 * @param size of an escaped text, in what `most` counts.
 */
export function fitted(
  text: string,
  most: number,
  escaping: (text: string) => string,
  size: (escaped: string) => number = escaped => escaped.length,
): string {
  let kept = text
  let escaped = escaping(kept)
  while (size(escaped) > most && kept !== '') {
    kept = kept.slice(0, Math.floor(kept.length * 0.9)).toWellFormed()
    escaped = escaping(`${kept}…`)
  }
  return escaped
}

/** The whole message as lines of plain text; the link, which is ours, comes last. */
export function plainText(message: Message, most: number, size?: (text: string) => number): string {
  const { sign, title, lines, facts, link } = message
  const words = [`${sign} ${title}`, ...lines, ...facts.map(({ name, value }) => `${name}: ${value}`)]
  const end = link === '' ? '' : `\n${link}`
  return `${fitted(words.join('\n'), most - end.length, withoutTags, size)}${end}`
}
