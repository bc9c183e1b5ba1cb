import { RELATIVE_TARGETS, releaseNameProblem } from '../release/name.ts'
import { shownCharacter } from '../runbook/names.ts'
import { nearest } from '../runbook/nearest.ts'

/** Images by their digest, or a version for each service: `api=1.3,web=2.0`. */
const VERSION = String.raw`(?:sha256:[0-9a-f]{7,64}|[\w][\w.-]{0,127})`
const OF_SERVICE = String.raw`[\w][\w.-]*=${VERSION}`
const OF_IMAGES = new RegExp(`^(?:sha256:[0-9a-f]{7,64}|${OF_SERVICE}(?:,${OF_SERVICE})*)$`)

/** What is wrong with a target, with one that would work where it can be guessed. */
export function targetProblem(text: string): string | undefined {
  const problem = text.length < 1000 && OF_IMAGES.test(text) ? undefined : releaseNameProblem(text)
  if (problem === undefined) {
    const word = RELATIVE_TARGETS.find(each => each !== text && isSlip(text, each))
    return word === undefined ? undefined : `Did you mean ${word}?`
  }
  const expected = 'Expected previous, last-good, the name of a release, a tag or a commit.'
  return `${expected} This ${problem}${wrongCharacter(text)}.${suggestion(text)}`
}

/** `Previous` and `last_good` are words that someone got nearly right, not releases. */
const isSlip = (text: string, word: string): boolean =>
  text.toLowerCase().replace(/[_.]/g, '-') === word ||
  (text.length > 6 && nearest(text, [word]) !== undefined)

function wrongCharacter(text: string): string {
  if (text.includes('/')) return ''
  const characters = [...text]
  const at = characters.findIndex(character => !/[A-Za-z0-9._+@-]/.test(character))
  return at < 0 ? '' : ` (${shownCharacter(characters[at] ?? '')} at character ${at + 1})`
}

function suggestion(text: string): string {
  if (/^-\d+$/.test(text)) return ' Releases are not counted backwards. Did you mean previous?'
  const trimmed = text.trim()
  const last = trimmed.replace(/\/+$/, '').split('/').at(-1) ?? ''
  const inFolder =
    /(^|\/)releases\/[^/]+\/*$/.test(trimmed) || trimmed !== text || /^refs\/tags\//.test(trimmed)
  return inFolder && releaseNameProblem(last) === undefined ? ` Did you mean ${last}?` : ''
}
