import { neutraliseTitle } from '../report/neutralise.ts'
import type { Chronicle } from './chronicle.ts'
import type { Decision } from './decide.ts'
import type { Setting } from './setting.ts'

/** What lies between two releases, as the repository tells it. */
export interface Changes {
  /** Commits that only the release before has. */
  readonly takenBack: number
  /** Commits that only the wanted release has. */
  readonly broughtIn: number
  /** The newest of them, at most `MOST_COMMITS`. */
  readonly commits: readonly ChangedCommit[]
}

export interface ChangedCommit {
  /** At least seven digits. */
  readonly commit: string
  /** First line of its message; anybody's text. */
  readonly subject: string
  readonly side: 'taken-back' | 'brought-in'
}

/** Looks up what lies between two commits. @throws Error that says in a few words why it can't be known. */
export type FindChanges = (from: string, to: string, signal: AbortSignal) => Promise<Changes>

/** How many commits a checklist names. */
export const MOST_COMMITS = 20

/** Seconds after which nobody waits for the repository any more. */
const PATIENCE = 3

/** Looking the changes up goes on beside the rollback, which never waits for it. */
export interface ChangesWatch {
  /** Settles when it was told, one way or the other; never rejects. */
  readonly told: Promise<void>
  /** It is over: what has not arrived by now is not waited for. */
  stop(): void
}

/** Begins to look up what lies between the two releases, and tells it as soon as it is known. Never throws. */
export function tellChanges(setting: Setting, decision: Decision, chronicle: Chronicle): ChangesWatch {
  const known = commitsOf(decision)
  if ('why' in known || setting.findChanges === undefined) {
    if ('why' in known) chronicle.preflight('changes', known.why)
    return { told: Promise.resolve(), stop() {} }
  }
  const { from, to } = known
  const over = new AbortController()
  const late = AbortSignal.timeout(PATIENCE * 1000)
  let open = true
  const tell = (said: string, items: readonly string[] = []) => {
    if (open) chronicle.preflight('changes', said, items)
    open = false
  }
  const unread = (why: string) => tell(`not known: ${why}`)
  const signal = AbortSignal.any([over.signal, late, setting.cancelled])
  const tooLate = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the repository did not answer in time')), {
      once: true,
    })
  })
  const told = Promise.race([setting.findChanges(from, to, signal), tooLate]).then(
    changes => tell(changesWords(decision, changes), commitLines(changes)),
    (error: unknown) => unread(neutraliseTitle(error instanceof Error ? error.message : String(error))),
  )
  return {
    told,
    stop() {
      unread('the repository did not answer in time')
      over.abort()
    },
  }
}

const COMMIT = /^[0-9a-f]{7,64}$/i

/** The commits of the two releases, or why there is nothing to look up. */
function commitsOf({ from, to, unchanged, hosts }: Decision): { from: string; to: string } | { why: string } {
  if (unchanged || from === to) return { why: 'none: nothing is switched' }
  const choices = [...hosts.values()].flatMap(each => [...each.choices.values()])
  const [choice] = choices.filter(({ alreadyThere }) => !alreadyThere)
  const { fromCommit, toCommit } = choice ?? {}
  const lacking = [fromCommit === undefined ? from : '', toCommit === undefined ? to : ''].filter(Boolean)
  if (fromCommit === undefined || toCommit === undefined)
    return {
      why: `not known: ${lacking.join(' and ')} ${lacking.length > 1 ? 'have' : 'has'} no \`REVISION\``,
    }
  if (fromCommit === toCommit) return { why: `none: both are \`${fromCommit.slice(0, 12)}\`` }
  const odd = [fromCommit, toCommit].find(each => !COMMIT.test(each))
  return odd === undefined
    ? { from: fromCommit, to: toCommit }
    : { why: `not known: \`${odd}\` in \`REVISION\` is not a commit` }
}

function changesWords({ from, to }: Decision, { takenBack, broughtIn, commits }: Changes): string {
  const has = (number: number) => `${number} commit${number === 1 ? '' : 's'}`
  const parts = [
    takenBack > 0 ? `${to} lacks ${has(takenBack)} that ${from} has` : '',
    broughtIn > 0 ? `${to} has ${has(broughtIn)} that ${from} lacks` : '',
  ].filter(part => part !== '')
  const shown = commits.length < takenBack + broughtIn ? ` (${commits.length} shown)` : ''
  return parts.length === 0 ? 'none: both have the same commits' : parts.join('; ') + shown
}

/** Which side a commit is on is said where there are two of them. */
const commitLines = ({ takenBack, broughtIn, commits }: Changes): string[] =>
  commits.map(({ commit, subject, side }) => {
    const mark = side === 'taken-back' ? 'lacks' : 'has'
    const both = takenBack > 0 && broughtIn > 0
    return `${both ? `${mark} ` : ''}${commit.slice(0, 7)} ${neutraliseTitle(subject, 100)}`
  })
