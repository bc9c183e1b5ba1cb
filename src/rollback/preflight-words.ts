import type { HostFacts } from '../release/facts.ts'
import type { Candidate, Choice } from '../release/resolve.ts'
import { space } from '../report/amounts.ts'
import type { Decision } from './decide.ts'
import { phrasesOf, type Setting } from './setting.ts'

/** Where one host goes: `42 (9f2c1e7) → 41 (c07a44b)`. */
export function targetWords({ from, to, hosts }: Decision, host: string): string {
  const [choice] = hosts.get(host)?.choices.values() ?? []
  const named = (release: string, commit: string | undefined) =>
    commit === undefined || commit === release ? release : `${release} (\`${commit.slice(0, 7)}\`)`
  const before = named(choice?.from ?? (from || 'what is live'), choice?.fromCommit)
  return choice?.alreadyThere
    ? `${before} is live already`
    : `${before} → ${named(choice?.to ?? to, choice?.toCommit)}`
}

/** How many releases a person looks through. */
const RECENT = 10

/** The recent releases, the newest first, each with what is known of it. */
export function releaseWords({ candidates, to }: Choice): string {
  const shown = candidates.slice(0, RECENT)
  const wanted = candidates.find(({ name }) => name === to)
  const last = wanted === undefined || shown.includes(wanted) ? [] : ['…', candidateWords(wanted, to)]
  const older = candidates.length - RECENT
  return (
    [...shown.map(each => candidateWords(each, to)), ...last].join(', ') +
    (older > 0 ? `; ${older} older` : '')
  )
}

function candidateWords({ name, live, proven, halfMade, flaw }: Candidate, to: string): string {
  const standing = halfMade ? 'half-made' : flaw !== undefined ? 'bad' : proven ? 'good' : ''
  const marks = [live ? 'live' : '', standing, name === to && !live ? 'target' : ''].filter(
    mark => mark !== '',
  )
  return marks.length === 0 ? name : `${name} (${marks.join(', ')})`
}

/** Free space where the releases are. */
export const roomWords = ({ symlinks }: HostFacts): string[] =>
  symlinks.flatMap(({ path, freeBytes }) =>
    freeBytes === undefined ? [] : [`${space(freeBytes)} free at ${path}`],
  )

/** Whether anybody else is at work; who is would have been refused, but for a phrase. */
export function lockWords({ symlinks }: HostFacts): string {
  const foreign = symlinks.flatMap(({ foreignLocks }) => foreignLocks)
  return foreign.length === 0
    ? 'no lock, and no deploy under way'
    : `no lock; a deploy holds ${foreign.join(', ')}, which was accepted`
}

/** Who asked, where, and which phrases were asked for and given. */
export function approvalWords(setting: Setting): string {
  const { environment, rollback, actor, operation } = setting
  const given = phrasesOf(setting).filter(phrase => phrase !== '')
  const wanted = [environment.confirm, rollback.confirm].filter(phrase => phrase !== undefined)
  const missing = wanted.filter(phrase => !given.includes(phrase))
  const quoted = (phrases: readonly string[]) => phrases.map(phrase => `\`${phrase}\``).join(' and ')
  const parts = [
    `${environment.name}, asked by ${actor || 'somebody unnamed'}`,
    wanted.length === 0 ? 'the runbook asks for no phrase' : '',
    given.length > 0 ? `confirmed with ${quoted(given)}` : '',
    missing.length > 0
      ? `${operation === 'plan' ? 'a rollback still asks for' : 'lacks'} ${quoted(missing)}`
      : '',
  ]
  return parts.filter(part => part !== '').join('; ')
}

export const reasonWords = ({ reason }: Setting): string => reason.trim() || 'none was given'
