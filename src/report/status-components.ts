import type { ComponentReport, ReleaseReport } from '../outcome.ts'
import type { Table } from '../refusal.ts'
import { bytes, minute } from './amounts.ts'
import { tableLines } from './plain-lines.ts'
import { MOST_RELEASES, shownName, standingWords } from './status-words.ts'

type Part = ComponentReport['parts'][number]

/** What a component consists of as a table: a column for each key that any of its parts has. */
export function partsTable({ parts }: ComponentReport): Table {
  const keys = [...new Set(parts.flatMap(part => Object.keys(part)))]
  return {
    head: keys.map(key => (key === 'bytes' ? 'size' : key)),
    rows: parts.map(part => keys.map(key => shownValue(key, part[key]))),
  }
}

function shownValue(key: string, value: Part[string] | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return key === 'bytes' ? bytes(value) : String(value)
  return minute(value) || shownName(value).replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1…')
}

/** `1.4`, or the first digits of a commit and what it says. */
export const releaseWords = ({ name, commit, subject }: ReleaseReport): string =>
  [
    shownName(name),
    ...(commit && commit !== name ? [commit.slice(0, 7)] : []),
    ...(subject ? [subject] : []),
  ].join('  ')

/** A component as plain lines. */
export function componentLines(component: ComponentReport): string[] {
  const { title, live, problem, releases } = component
  const rest = releases.length - MOST_RELEASES
  return [
    `  ${title}${problem !== undefined ? `: ${problem}` : live === '' ? '' : `: ${shownName(live)} is live`}`,
    ...tableLines(partsTable(component)).map(line => `  ${line}`),
    ...releases
      .slice(0, MOST_RELEASES)
      .map(release => `      ${releaseWords(release)}  ${standingWords(release)}`),
    ...(rest > 0 ? [`      … and ${rest} older ones`] : []),
  ]
}
