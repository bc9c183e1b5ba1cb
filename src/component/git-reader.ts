import type { FactLine } from '../release/fact-line.ts'

/** A commit that a checkout knows. */
export interface KnownCommit {
  /** 40 hex digits, or 64. */
  readonly commit: string
  /** First line of its message; hostile text. */
  readonly subject: string
}

/** What a checkout said of itself. */
export interface Checkout {
  /** Why there is none that can be moved, in the probe's own word. */
  readonly problem: string | undefined
  readonly head: string
  /** Empty when no branch is checked out. */
  readonly branch: string
  /** Names of what an operation left in the middle, such as `MERGE_HEAD`. */
  readonly busy: readonly string[]
  /** Lines of `git status` for files that git knows, at most 20. */
  readonly changes: readonly string[]
  /** First parents, the live one first. */
  readonly commits: readonly KnownCommit[]
  /** Commit by name. */
  readonly tags: ReadonlyMap<string, string>
  /** The commit that the target names. */
  readonly target: string | undefined
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** Reads what `git-probe.sh` printed; lines in another form say nothing. Never throws. */
export function readCheckout(answer: readonly FactLine[]): Checkout {
  const of = (word: string) => answer.filter(line => line.word === word).map(({ text }) => text)
  const [head = '', branch = '-'] = (of('git-head')[0] ?? '').split(' ')
  const [target = ''] = of('git-target')
  return {
    problem: of('git-problem')[0] ?? (COMMIT.test(head) ? undefined : 'no-answer'),
    head,
    branch: branch === '-' ? '' : branch,
    busy: of('git-busy'),
    changes: of('git-change'),
    commits: of('git-commit').flatMap(text => {
      const [, commit = '', subject = ''] = /^(\S+) \d+ ?(.*)$/.exec(text) ?? []
      return COMMIT.test(commit) ? [{ commit, subject }] : []
    }),
    tags: new Map(of('git-tag').flatMap(readTag)),
    target: COMMIT.test(target) ? target : undefined,
  }
}

/** A tag of its own kind names the commit behind it second; a plain one leaves that empty. */
function readTag(text: string): [string, string][] {
  const [, own = '', behind = '', name = ''] = /^(\S+) (\S*) (\S+)$/.exec(text) ?? []
  const commit = behind === '' ? own : behind
  return COMMIT.test(commit) ? [[name, commit]] : []
}
