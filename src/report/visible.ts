// A zero-width joiner is kept where it does its one honest job: holding an emoji of several parts together.
const HIDDEN = new RegExp(
  [
    '(?<joined>(?<=\\p{Extended_Pictographic}[\\uFE0F\\u{1F3FB}-\\u{1F3FF}]?)\\u200D(?=\\p{Extended_Pictographic}))',
    '[\\p{Cf}\\p{Zl}\\p{Zp}\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u2800\\u3164\\uFE00-\\uFE0D\\uFFA0\\u{E0100}-\\u{E01EF}]',
  ].join('|'),
  'gu',
)

/**
 * Shows characters that nobody sees but that change what is read: right-to-left overrides, zero-width spaces,
 * tag characters. `41<U+202E>` becomes `41⟨U+202E⟩`. Lone surrogates become U+FFFD.
 */
export function visible(text: string): string {
  return text.toWellFormed().replace(HIDDEN, (found, joined: string | undefined) => {
    if (joined !== undefined) return found
    const point = found.codePointAt(0) ?? 0
    return `⟨U+${point.toString(16).toUpperCase().padStart(4, '0')}⟩`
  })
}
