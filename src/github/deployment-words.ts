import type { Outcome, RunHeading, RunReport } from '../outcome.ts'
import { named } from '../report/amounts.ts'
import { neutraliseTitle } from '../report/neutralise.ts'
import { headlineWords, short } from '../report/verdict.ts'

/** GitHub refuses a longer description. */
const DESCRIPTION = 140

/** How a deployment stands, as GitHub is told. */
export interface Standing {
  readonly state: 'in_progress' | 'success' | 'failure' | 'error' | 'inactive'
  readonly description: string
}

/** What a deployment is for: tools that look for deploys can tell these from others. */
export const taskOf = ({ operation }: Pick<RunHeading, 'operation'>): string =>
  operation === 'undo' ? 'rollback:undo' : 'rollback'

/** Where end users are: GitHub's own rule knows `production` alone. */
export const isProduction = (environment: string): boolean =>
  /(^|[._-])prod(uction)?($|[._-])/i.test(environment)

export const describe = (text: string): string => {
  const line = neutraliseTitle(text, 1000)
  if (line.length <= DESCRIPTION) return line
  return `${line.slice(0, DESCRIPTION - 1).toWellFormed()}…`
}

export const purpose = ({ operation, from, to, reason }: RunHeading): string =>
  describe(
    `${operation === 'undo' ? 'Undo' : 'Rollback'} ${short(from)} → ${short(to)}${reason === '' ? '' : `: ${reason}`}`,
  )

export const underWay = ({ from, to, hosts }: RunHeading): Standing => ({
  state: 'in_progress',
  description: describe(`Going from ${short(from)} to ${short(to)} on ${named(hosts)}`),
})

/** For a run that nobody has told the end of. */
export const cutOff = ({ run }: Pick<RunHeading, 'run'>): Standing => ({
  state: 'error',
  description: describe(`Run ${run} was cut off. What is live stands in the summary of its job`),
})

/** Only what was seen to be so is a success; `failure` is what ended where it began, `error` what nobody can be sure of. */
const STATES: Partial<Record<Outcome, Standing['state']>> = {
  'rolled-back': 'success',
  undone: 'success',
  unchanged: 'success',
  restored: 'failure',
  refused: 'failure',
}

export const ended = (report: RunReport): Standing => ({
  state: STATES[report.outcome] ?? 'error',
  description: describe(headlineWords(report)),
})

/**
 * How the deployment stands whose release was left; undefined where it is still the live one.
 *
 * `failure` and not `inactive` after a rollback: what was good once and made room for a newer one is inactive, too, and
 * whoever looks for a release to go back to may take it. After an undo, what was left had only made room.
 */
export function left({ outcome, operation, to, reason }: RunReport): Standing | undefined {
  if (outcome === 'undone')
    return { state: 'inactive', description: describe(`Left for ${short(to)}: the rollback was undone`) }
  if (outcome !== 'rolled-back' || operation === 'undo') return undefined
  return {
    state: 'failure',
    description: describe(`Rolled back to ${short(to)}${reason === '' ? '' : `: ${reason}`}`),
  }
}

/** The one commit that all hosts leave, or go to; undefined where it is not known, or not the same. */
export function commitOfAll(
  { hosts }: Pick<RunHeading, 'hosts'>,
  which: 'fromCommit' | 'toCommit',
): string | undefined {
  const [first, ...others] = new Set(
    hosts.map(host => host[which] ?? commitIn(which === 'fromCommit' ? host.from : host.to)),
  )
  return others.length === 0 && first !== '' ? first : undefined
}

/** A checkout has no name for a release but its commit. */
const commitIn = (release: string): string | undefined =>
  /^[0-9a-f]{40}$/.test(release) ? release : undefined
