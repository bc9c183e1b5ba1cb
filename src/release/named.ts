import { Refusal } from '../refusal.ts'
import { flawOf, type Mark } from './marks.ts'
import { isCommit, releaseNameProblem, sameCommit } from './name.ts'
import { nearestReleases } from './near-names.ts'
import { chronological } from './order.ts'
import { type Pick, releasesTable, type Situation } from './situation.ts'

/** The release that was asked for is not on the host. */
export class ReleaseMissing extends Refusal {
  readonly code = 'RB-RELEASE-MISSING'
}

/** The release that was asked for is there and can't serve. */
export class ReleaseUnusable extends Refusal {
  readonly code = 'RB-RELEASE-UNUSABLE'
}

/** The commit that was asked for fits more than one release, and nothing tells which is meant. */
export class AmbiguousCommit extends Refusal {
  readonly code = 'RB-COMMIT-AMBIGUOUS'
}

/**
 * Finds the release that a person named: by its name, else by the commit in its `REVISION`.
 *
 * @throws ReleaseMissing, ReleaseUnusable, AmbiguousCommit
 */
export function pickNamed(situation: Situation, target: string): Pick {
  const { live, marks } = situation
  const exact = marks.find(mark => mark.release.name === target)
  if (exact?.live || target === live)
    return { name: live, why: `${live} was asked for by name`, passedOver: [] }
  if (exact?.unusable !== undefined) throw unusable(exact, exact.unusable)
  if (exact !== undefined) return { name: target, why: `${target} was asked for by name`, passedOver: [] }
  const made = isCommit(target) ? marks.filter(mark => sameCommit(mark.release.revision ?? '', target)) : []
  if (made.length === 0) throw missing(situation, target)
  return pickMadeFrom(target, made, situation)
}

/** Of several releases made from the commit, the newest that can serve, a bad one only if there is no other. */
function pickMadeFrom(commit: string, made: readonly Mark[], situation: Situation): Pick {
  const onlyThese = releasesTable({ ...situation, marks: made })
  const revisions = made.flatMap(mark => mark.release.revision ?? [])
  if (revisions.some(one => revisions.some(two => !sameCommit(one, two)))) {
    throw new AmbiguousCommit(
      `${commit} is the beginning of more than one commit.`,
      ['Give more digits of the commit, or the name of the release, as `target`.'],
      onlyThese,
    )
  }
  const [first] = made
  const usable = made.filter(mark => mark.live || mark.unusable === undefined)
  if (usable.length === 0 && first?.unusable !== undefined) throw unusable(first, first.unusable)
  const flawless = usable.filter(mark => flawOf(mark) === undefined)
  const pool = (flawless.length > 0 ? flawless : usable).map(mark => mark.release.name)
  const name = chronological(pool, situation.facts)?.names.at(-1)
  if (name === undefined) {
    throw new AmbiguousCommit(
      `More than one release was made from ${commit}, and nothing tells which is the newest.`,
      ['Give the name of the release as `target`.'],
      onlyThese,
    )
  }
  const passedOver = made
    .filter(mark => mark.release.name !== name)
    .map(mark => ({ name: mark.release.name, why: flawOf(mark) ?? 'is older, from the same commit' }))
  return { name, why: `${name} was made from ${commit}`, passedOver }
}

function unusable({ release }: Mark, why: string): ReleaseUnusable {
  const isFolder = release.type === 'directory' && !release.empty
  return new ReleaseUnusable(`Release ${release.name} ${why}, so nothing was switched to it.`, [
    'Choose another release.',
    ...(isFolder
      ? [
          `If you know that ${release.name} is complete, say so with \`operation: record\`, \`state: good\`, \`target: ${release.name}\`; then run the rollback again.`,
        ]
      : []),
  ])
}

function missing(situation: Situation, target: string): ReleaseMissing {
  const { facts, marks } = situation
  const folder = facts.releasesFolder ?? `${facts.path}/releases`
  const shown = JSON.stringify(target.length > 80 ? `${target.slice(0, 80)}…` : target)
  const problem = isCommit(target) ? undefined : releaseNameProblem(target)
  const what = isCommit(target) ? 'is named so or was made from that commit' : 'is named so'
  const known = marks.filter(mark => mark.unusable === undefined).map(mark => mark.release.name)
  const near = nearestReleases(target, known)
  return new ReleaseMissing(
    problem === undefined
      ? `Target ${shown}: no release in ${folder} ${what}.`
      : `Target ${shown} can't be a release: it ${problem}.`,
    [
      ...(near.length > 0 ? [`Did you mean ${near.join(' or ')}?`] : []),
      'Give as `target`: `previous`, `last-good`, the name of a release that is there, or seven digits or more of its commit.',
    ],
    releasesTable(situation),
  )
}
