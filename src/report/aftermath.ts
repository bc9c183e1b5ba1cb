import { hostNames } from './by-host.ts'
import { code, list, prose, text } from './markdown.ts'

/** What was found on a host after the process that ran it was cut off. */
export interface CutOffHost {
  readonly host: string
  /** The last word of the run's journal there; undefined when it could not be read. */
  readonly reached: string | undefined
  /** Why it could not be read. */
  readonly trouble?: string
}

/** A run that was cut off, with what became of it. */
export interface CutOffRun {
  readonly app: string
  readonly environment: string
  readonly run: string
  /** On the hosts, as a person there would write it. */
  readonly stateFolder: string
  readonly found: readonly CutOffHost[]
}

type Standing = 'there' | 'back' | 'stuck' | 'open'

const STANDINGS: Readonly<Record<string, Standing>> = {
  committed: 'there',
  kept: 'there',
  undone: 'back',
  refused: 'back',
  new: 'back',
  'needs-operator': 'stuck',
}

const standingOf = ({ reached }: CutOffHost): Standing => STANDINGS[reached ?? ''] ?? 'open'

const WORDS: Readonly<Record<string, string>> = {
  undone: 'is back where it started',
  refused: 'was not changed',
  new: 'was not changed: nothing was begun there',
  committed: 'is on the target',
  kept: 'is on the target; the host decided so by itself',
  'needs-operator': 'could not be brought to a known state: it needs its operator',
}

/** Goes on after the name of the host. */
export function cutOffWords({ reached, trouble }: CutOffHost): string {
  if (reached === undefined) return `could not be looked at (${trouble}); the host ends by itself`
  return WORDS[reached] ?? `is not over yet (${reached}); the host ends by itself`
}

/** The page of a run whose own process never came to write one, or wrote one before everything had ended. */
export function cutOffPage(cutOff: CutOffRun): string {
  const { app, environment, run, found } = cutOff
  const { sign, words, remedy } = answer(cutOff)
  return [
    `## ${sign} ${text(app)} · ${text(environment)} ${text(words)}`,
    '',
    `The process of run ${code(run)} was cut off before it could finish. This is what its hosts say:`,
    '',
    list(found.map(each => `**${text(each.host)}** ${prose(cutOffWords(each))}`)),
    '',
    ...remedy.flatMap(each => [prose(each), '']),
  ].join('\n')
}

interface Answer {
  readonly sign: '❌' | '❓' | '⚠️'
  readonly words: string
  readonly remedy: readonly string[]
}

function answer({ run, stateFolder, found }: CutOffRun): Answer {
  const those = (standing: Standing): string[] =>
    found.filter(each => standingOf(each) === standing).map(({ host }) => host)
  const look = 'Run `operation: status` to see what each host serves. It changes nothing.'
  const stuck = those('stuck')
  if (stuck.length > 0) {
    return {
      sign: '❌',
      words: `needs you now: the run was cut off, and ${hostNames(stuck)} ${stuck.length === 1 ? 'is' : 'are'} in between`,
      remedy: [
        `Mend what it stumbled over, then on ${hostNames(stuck)}: \`${stateFolder}/runs/${run}/rollbook undo\``,
        `Or put everything right by hand, and give the lock back: \`operation: unlock\` with \`run-id: ${run}\`.`,
      ],
    }
  }
  const open = those('open')
  if (open.length > 0)
    return {
      sign: '❓',
      words: `is not confirmed: the run was cut off, and ${hostNames(open)} ${open.length === 1 ? 'is' : 'are'} not over`,
      remedy: [look],
    }
  const there = those('there')
  if (there.length === 0)
    return {
      sign: '⚠️',
      words: 'is where it was: the run was cut off and taken back',
      remedy: ['Run it again.'],
    }
  if (there.length === found.length)
    return {
      sign: '⚠️',
      words: 'is on the target, not confirmed: the run was cut off after the switch',
      remedy: [look, `To go back: \`operation: undo\` with \`run-id: ${run}\`.`],
    }
  return {
    sign: '❌',
    words: `needs you now: the run was cut off, and only ${hostNames(there)} stayed on the target`,
    remedy: [
      look,
      'Then take all hosts to one release: `operation: rollback` with that release as `target`.',
    ],
  }
}
