import { Refusal } from '../refusal.ts'
import { sameCommit } from './name.ts'
import type { Candidate, Choice } from './resolve.ts'

/** A host that knows where it would go. */
export interface Decided {
  readonly host: string
  readonly choice: Choice
}

/** The hosts would end on different releases. */
export class HostsDisagree extends Refusal {
  readonly code = 'RB-HOSTS-DISAGREE'

  constructor(hosts: readonly Decided[], target: string) {
    const common = commonRelease(hosts)
    super(
      `Target \`${target}\` would take the hosts to different releases, so none goes anywhere.`,
      common === undefined
        ? [
            'No release is whole on every host: deploy the version that worked, or mend the host that lacks it.',
          ]
        : [`Every host has ${common}: run again with \`target: ${common}\`.`],
      { head: ['host', 'live', 'would go to', 'has'], rows: hosts.map(rowOf) },
    )
  }
}

function rowOf({ host, choice }: Decided): readonly string[] {
  const named = (name: string, commit: string | undefined) =>
    commit ? `${name} (${commit.slice(0, 7)})` : name
  const has = choice.candidates.slice(0, 5).map(each => each.name)
  return [host, named(choice.from, choice.fromCommit), named(choice.to, choice.toCommit), has.join(', ')]
}

/** Tools that number releases do so on each host apart: only the commit shows that 41 here is not 41 there. */
export function areOneRelease(hosts: readonly Decided[]): boolean {
  const names = new Set(hosts.map(({ choice }) => choice.to))
  return names.size === 1 && areOneCommit(hosts.map(({ choice }) => choice.toCommit))
}

function areOneCommit(commits: readonly (string | undefined)[]): boolean {
  const known = commits.filter(commit => commit !== undefined)
  return known.every(one => known.every(two => sameCommit(one, two)))
}

/** The newest release that would do as a target: whole and not bad on every host, newer than the live one on none. */
function commonRelease(hosts: readonly Decided[]): string | undefined {
  const possible = hosts.map(({ choice }) => {
    const live = choice.candidates.findIndex(each => each.live)
    return choice.candidates.slice(Math.max(live, 0)).filter(each => each.flaw === undefined)
  })
  const names = (possible[0] ?? []).map(each => each.name)
  const shared = names.filter(name => {
    const found = possible.map(each => each.find(candidate => candidate.name === name))
    const there = found.filter((candidate): candidate is Candidate => candidate !== undefined)
    return there.length === hosts.length && areOneCommit(there.map(candidate => candidate.commit))
  })
  return shared.find(name => hosts.some(({ choice }) => choice.from !== name))
}
