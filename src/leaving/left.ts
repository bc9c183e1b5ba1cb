import type { Question } from '../engine/greeting.ts'
import type { ShellFiles } from '../engine/shell.ts'
import { readFactLine } from '../release/fact-line.ts'

/** Something besides a backup that a run left on a host. */
export interface Left {
  /** `tag`, `copies`, `run`, `image`, … */
  readonly sort: string
  readonly run: string
  readonly bytes: number
  /**
   * Of the run: over and it changed something, over and it changed nothing, over but somebody uses the thing now, not over;
   * or nothing proves it to be ours.
   */
  readonly state: (typeof STATES)[number]
  /** A path, the name of an image, … */
  readonly name: string
}

const STATES = ['changed', 'refused', 'used', 'open', 'unproved'] as const

/** Where such things are found: the functions `<name>_left` and `<name>_remove`, and what both are called with. */
export interface Source {
  readonly name: string
  readonly shell: ShellFiles
  readonly about: readonly string[]
}

/** Folders of runs, and the copies in them: on every host, whatever its runbook has. */
export const RUNS: Source = {
  name: 'runs',
  shell: new URL('./runs.sh', import.meta.url),
  about: [],
}

const shellOf = ({ shell }: Source): readonly URL[] => [
  new URL('../engine/run-ending.sh', import.meta.url),
  new URL('./left.sh', import.meta.url),
  ...[shell].flat(),
]

/** Asks a host what there is of a source. */
export const leftQuestion = (source: Source): Question => ({
  shell: shellOf(source),
  ask: `${source.name}_left`,
  about: source.about,
})

/** Takes one away; answers with a fact, `removed <name>` or `stays <name>`. */
export const removalOf = (source: Source, { run, name }: Pick<Left, 'run' | 'name'>): Question => ({
  shell: shellOf(source),
  ask: 'left_remove',
  about: [`${source.name}_remove`, ...source.about, run, name],
})

const LINE = /^([a-z]{1,20}) ([!-~]{1,64}) (\d{1,15}) ([a-z]{1,20}) (.{1,1000})$/

/** What of a source the host could not look at, each as `<what>: <why>`. */
export const unreadOf = (facts: readonly string[]): readonly string[] =>
  facts.flatMap(fact => {
    const { word, text } = readFactLine(fact)
    return word === 'left-unread' ? [text] : []
  })

/** What a host answered, each thing once; what is not in its form is left out. */
export function readLeft(facts: readonly string[]): readonly Left[] {
  const found = new Map<string, Left>()
  for (const fact of facts) {
    const { word, text, exact } = readFactLine(fact)
    if (word !== 'left' || !exact) continue
    const [, sort = '', run = '', bytes, said, name = ''] = LINE.exec(text) ?? []
    const state = STATES.find(each => each === said)
    if (state !== undefined) found.set(name, { sort, run, bytes: Number(bytes), state, name })
  }
  return [...found.values()]
}
