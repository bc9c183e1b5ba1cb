import { type FactLine, numberOf, Once, PATH } from './fact-line.ts'
import type { ReleaseFact, SymlinkFacts } from './facts.ts'
import { isReleaseName } from './name.ts'

const MOST_RELEASES = 5000
const MOST_LOG_LINES = 200

const FORMS = {
  link: /^(link|directory|file|missing)(?: (.*))?$/,
  resolved: PATH,
  releases: PATH,
  unnamable: /^(\d{1,9})$/,
  unlisted: /^(\d{1,9})$/,
  disk: /^(\d{1,18}|-) (\d{1,18}|-)$/,
}
const RELEASE = /^(directory|link|other) (-?\d{1,12}) (-|[bde]{1,3}) (\S{1,200}) (\S+)$/

/** Gathers the lines about one folder with `releases/` and `current`. */
export class SymlinkReader {
  readonly #path: string
  readonly #once = new Once(FORMS)
  readonly #releases = new Map<string, ReleaseFact>()
  readonly #revisions: string[] = []
  readonly #dep: string[] = []
  readonly #foreignLocks: string[] = []
  #unnamable = 0
  #unlisted = 0
  #unreadableLink = false

  constructor(path: string) {
    this.#path = path
  }

  /** Whether the line was about this folder, and in its form. */
  take(line: FactLine): boolean {
    const { word, text, exact } = line
    switch (word) {
      case 'release':
        return exact && this.#release(text)
      // Free text: a stray byte in somebody's name must not hide that a release was published.
      case 'revisions':
        return this.#revisions.push(text) > 0
      case 'dep':
        return this.#dep.push(text) > 0
      case 'foreign-lock':
        return this.#foreignLocks.length < 20 && this.#foreignLocks.push(text) > 0
      case 'link':
        if (!exact) this.#unreadableLink = true
    }
    return this.#once.take(line)
  }

  #release(text: string): boolean {
    const [, type, modified, flags = '', revision, name = ''] = RELEASE.exec(text) ?? []
    if (type !== 'directory' && type !== 'link' && type !== 'other') return false
    if (this.#releases.has(name)) return false
    if (this.#releases.size >= MOST_RELEASES) {
      this.#unlisted++
      return false
    }
    if (!isReleaseName(name)) {
      this.#unnamable++
      return true
    }
    this.#releases.set(name, {
      name,
      type,
      modified: Number(modified),
      empty: flags.includes('e'),
      revision: revision === '-' ? undefined : revision,
      bad: flags.includes('b'),
      dirty: flags.includes('d'),
    })
    return true
  }

  facts(): SymlinkFacts {
    const [kind, text = ''] = this.#once.of('link')
    const isLink = kind === 'link' || this.#unreadableLink
    const [freeBytes, freeInodes] = this.#once.of('disk')
    const unlisted = this.#unlisted + (numberOf(this.#once.of('unlisted')[0]) ?? 0)
    return {
      path: this.#path,
      link: isLink ? 'link' : kind === 'directory' || kind === 'file' ? kind : 'missing',
      text: kind === 'link' ? text : '',
      resolved: isLink ? this.#once.of('resolved')[0] : undefined,
      releasesFolder: this.#once.of('releases')[0],
      releases: [...this.#releases.values()],
      unnamable: this.#unnamable + (numberOf(this.#once.of('unnamable')[0]) ?? 0),
      ...(unlisted > 0 && { unlisted }),
      revisionsLog: this.#revisions.slice(-MOST_LOG_LINES),
      releasesLog: this.#dep.slice(-MOST_LOG_LINES),
      foreignLocks: this.#foreignLocks,
      freeBytes: numberOf(freeBytes),
      freeInodes: numberOf(freeInodes),
    }
  }
}
