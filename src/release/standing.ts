import type { LedgerEntry } from './ledger.ts'
import { sameCommit } from './name.ts'

/** What a ledger says of one release. */
export interface Standing {
  /** It passed, as a deploy or as the target of a rollback, and nothing was said against it since. */
  readonly proven: boolean
  /** Why it must not be chosen by itself, in words for a table; undefined when it isn't bad. */
  readonly bad: string | undefined
  /** Its deploy began, and nobody reported that it passed. */
  readonly unfinished: boolean
}

const leaves = (entry: LedgerEntry, release: string): boolean =>
  (entry.event === 'rolled-back' || entry.event === 'kept') &&
  entry.from === release &&
  entry.release !== release

function told(what: string, { by, reason }: LedgerEntry): string {
  const details = [by, reason].filter(Boolean).join(': ')
  return details === '' ? what : `${what} (${details})`
}

/**
 * Reads the ledger in its order. A release is bad once it was said to be, or once a rollback left it, confirmed or not,
 * until `good` or `free` is said of it. `undone` takes back what a rollback said, never what a person said.
 */
export function standingOf(ledger: readonly LedgerEntry[], release: string): Standing {
  const rollbacks = new Set(ledger.filter(entry => leaves(entry, release)).map(entry => entry.run))
  let proven = false
  let provenBefore = false
  let unfinished = false
  let said: string | undefined
  let left: string | undefined

  const leave = (entry: LedgerEntry) => {
    if (left === undefined) provenBefore = proven
    left ??= told('was left by a rollback', entry)
    proven = false
  }
  for (const entry of ledger) {
    if (leaves(entry, release)) leave(entry)
    if (entry.release !== release) continue
    switch (entry.event) {
      case 'started':
        unfinished = true
        break
      case 'bad':
        if (entry.run !== undefined && rollbacks.has(entry.run)) leave(entry)
        else {
          said = told('is marked bad', entry)
          proven = false
        }
        break
      case 'good':
        said = left = undefined
        proven = true
        unfinished = false
        break
      case 'free':
        said = left = undefined
        break
      case 'rolled-back':
        proven = true
        unfinished = false
        break
      case 'undone':
        if (left !== undefined) proven ||= provenBefore
        left = undefined
        break
    }
  }
  return { proven, bad: said ?? left, unfinished: unfinished && !proven }
}

export const isBad = (ledger: readonly LedgerEntry[], release: string): boolean =>
  standingOf(ledger, release).bad !== undefined

/** The release on record as bad that a name or a commit means. */
export function badRelease(ledger: readonly LedgerEntry[], named: string): string | undefined {
  const names = ledger
    .filter(({ commit }) => commit !== undefined && sameCommit(commit, named))
    .map(({ release }) => release)
  return [named, ...names].find(name => isBad(ledger, name))
}

/** Whether a rollback went to a release, and nobody has deployed it or called it good since. */
export const wasGoneBackTo = (ledger: readonly LedgerEntry[], release: string): boolean => {
  const last = ledger.findLast(
    entry => entry.release === release && ['rolled-back', 'kept', 'started', 'good'].includes(entry.event),
  )
  return last?.event === 'rolled-back' || last?.event === 'kept'
}

/** Every release that the ledger proves and that isn't bad, the one proven last first. */
export function provenReleases(ledger: readonly LedgerEntry[]): readonly string[] {
  const proofs = ledger.filter(({ event }) => event === 'good' || event === 'rolled-back')
  return [...new Set(proofs.map(entry => entry.release).reverse())].filter(release => {
    const { proven, bad } = standingOf(ledger, release)
    return proven && bad === undefined
  })
}

export const lastGood = (ledger: readonly LedgerEntry[]): string | undefined => provenReleases(ledger)[0]
