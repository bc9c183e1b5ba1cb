import { Refusal, type Table } from '../refusal.ts'
import { historyOf } from '../release/history.ts'
import type { LedgerEntry } from '../release/ledger.ts'
import type { Choice } from '../release/resolve.ts'
import type { PassedOver } from '../release/situation.ts'
import { provenReleases, standingOf } from '../release/standing.ts'
import type { KnownImage } from './images-reader.ts'
import {
  isDigest,
  nameOfVersions,
  type Reference,
  splitReference,
  TAG,
  versionOf,
  versionsIn,
} from './images-reference.ts'

/** No images to go to: none on record as live before, none on record as good, or a name that says nothing. */
class ImagesUnknown extends Refusal {
  readonly code = 'RB-IMAGES-UNKNOWN'
}

/** `latest` is whatever was pulled last: it tells nobody which image that will be. */
class ImageMutable extends Refusal {
  readonly code = 'RB-IMAGE-MUTABLE'
}

/** One service as it runs now. */
export interface Running {
  readonly service: string
  readonly reference: Reference
  /** Id of the image that its containers were made of. */
  readonly id: string
  readonly containers: number
  /** Images of the same repository that the host has, the newest first. */
  readonly known: readonly KnownImage[]
}

/** Which image one service goes to. */
export interface Wanted {
  readonly service: string
  /** Ways to name it, the best one first. */
  readonly references: readonly string[]
  /** Undefined when the host does not have it: it is pulled before anything is touched. */
  readonly id: string | undefined
}

/** The name of the release that is live. */
export const liveImages = (running: readonly Running[]): string =>
  nameOfVersions(new Map(running.map(({ service, reference }) => [service, versionOf(reference)])))

/** Each service's image under a name that was resolved before. @throws ImagesUnknown, ImageMutable */
export function imagesOf(running: readonly Running[], name: string, where: string): readonly Wanted[] {
  const versions = versionsIn(
    name,
    running.map(({ service }) => service),
  )
  if (!versions)
    throw new ImagesUnknown(
      `${JSON.stringify(name)} does not name one version for each of ${running.map(({ service }) => service).join(', ')}. Nothing was changed.`,
      [
        `Give one tag for all of them, or each its own: \`target: ${running.map(each => `${each.service}=${versionOf(each.reference)}`).join(',')}\`.`,
      ],
    )
  return running.map(each => imageOf(each, versions.get(each.service) ?? '', where))
}

function imageOf(running: Running, version: string, where: string): Wanted {
  const { service, reference, known } = running
  const { repository } = reference
  if (isDigest(version)) {
    const fits = known.filter(({ digest }) => digest?.startsWith(version))
    const digest = fits[0]?.digest ?? version
    if (digest.length === 'sha256:'.length + 64)
      return { service, references: pinned(running, digest, fits[0]?.tag), id: fits[0]?.id }
  } else if (TAG.test(version)) {
    const has = known.find(({ tag }) => tag === version)
    if (version !== 'latest' || versionOf(reference) === 'latest')
      return { service, references: [`${repository}:${version}`], id: has?.id }
    if (has?.digest) return { service, references: pinned(running, has.digest, 'latest'), id: has.id }
    throw new ImageMutable(
      `${repository}:latest is whatever was built or pulled last, and no digest of it is known on ${where}. Nothing was changed.`,
      ['Name a tag that says which version it is, or a digest (`sha256:…`).'],
      tableOf([running]),
    )
  }
  throw new ImagesUnknown(
    `${JSON.stringify(version)} is no tag and no digest of ${repository} on ${where}. Nothing was changed.`,
    ['Choose one of these as `target`.'],
    tableOf([running]),
  )
}

/** A digest alone does not fit behind `app:${TAG}`; a tag in front of it does. */
const pinned = ({ reference }: Running, digest: string, tag: string | undefined): readonly string[] => {
  const other = reference.suffix.startsWith(':') ? reference.suffix.slice(1).replace(/@.*/, '') : 'latest'
  return [`${reference.repository}@${digest}`, `${reference.repository}:${tag ?? other}@${digest}`]
}

/**
 * The images that a target means, for all services as one: `previous` by the ledger, `last-good`, a tag, a digest, or
 * `service=tag,…`. Nothing is guessed: how old an image is says nothing of what was live. Pure.
 *
 * @throws ImagesUnknown, ImageMutable
 */
export function resolveImages(
  running: readonly Running[],
  ledger: readonly LedgerEntry[],
  target: string,
  where: string,
): Choice {
  const live = liveImages(running)
  const { to, why, passedOver } = pick()
  const wanted = imagesOf(running, to, where)
  const name = canonical(wanted)
  const alreadyThere = name === live
  const { bad } = standingOf(ledger, name)
  const missing = wanted.filter(({ id }) => id === undefined)
  return {
    from: live,
    to: name,
    alreadyThere,
    why,
    warnings: alreadyThere
      ? []
      : [
          ...(bad === undefined ? [] : [`${name} ${bad}; it was asked for all the same.`]),
          ...missing.map(
            ({ references: [first = ''] }) =>
              `${first} is not on the host: it is pulled before anything is touched.`,
          ),
        ],
    passedOver,
    candidates: candidatesOf(running).map(each => ({
      name: each,
      commit: undefined,
      live: each === live,
      proven: standingOf(ledger, each).proven,
      halfMade: false,
      flaw: standingOf(ledger, each).bad,
    })),
  }

  function pick(): { to: string; why: string; passedOver: readonly PassedOver[] } {
    if (target === 'previous') return previous()
    if (target !== 'last-good') return { to: target, why: `${target} was asked for by name`, passedOver: [] }
    const good = provenReleases(ledger).find(each => isMeant(each))
    if (good !== undefined)
      return { to: good, why: `${good} is the last one on record as good (ledger)`, passedOver: [] }
    throw new ImagesUnknown(
      `No images of ${namesOf(running)} are on record as good on ${where}. Nothing was changed.`,
      [
        'Say which ones worked with `operation: record`, `state: good`; deploys should end with it. Or name a tag as `target`.',
      ],
      tableOf(running),
    )
  }

  function previous() {
    const passed: PassedOver[] = []
    for (const each of historyOf(ledger, live).filter(isMeant)) {
      const { bad: flaw } = standingOf(ledger, each)
      if (flaw === undefined)
        return { to: each, why: `${each} was live before ${live} (ledger)`, passedOver: passed }
      passed.push({ name: each, why: flaw })
    }
    throw new ImagesUnknown(
      `Nothing on ${where} tells which images of ${namesOf(running)} were live before ${live}${passed.length > 0 ? ' and are not bad' : ''}; the age of an image proves nothing. Nothing was changed.`,
      [
        'Choose a tag from the table and give it as `target`.',
        'Let each deploy begin with `operation: record`, `state: started`, and end with `state: good`: once two versions are on record, `previous` is known.',
      ],
      tableOf(running),
    )
  }

  function isMeant(name: string): boolean {
    return (
      versionsIn(
        name,
        running.map(({ service }) => service),
      ) !== undefined
    )
  }
}

const namesOf = (running: readonly Running[]): string => running.map(({ service }) => service).join(', ')

const canonical = (wanted: readonly Wanted[]): string =>
  nameOfVersions(
    new Map(
      wanted.map(({ service, references: [first = ''] }) => {
        const reference = splitReference(first)
        return [service, reference ? versionOf(reference) : first]
      }),
    ),
  )

/** Tags that every service has, the newest of the first one first. */
export const candidatesOf = ([first, ...others]: readonly Running[]): string[] =>
  [...new Set(first?.known.flatMap(({ tag }) => tag ?? []) ?? [])].filter(
    tag => tag !== 'latest' && others.every(({ known }) => known.some(each => each.tag === tag)),
  )

/** What there is, for a person who has to choose; the newest first. */
export function tableOf(running: readonly Running[]): Table {
  return {
    head: ['service', 'tag', 'made', ''],
    rows: running.flatMap(({ service, known, id }) =>
      known
        .slice(0, 10)
        .map(each => [
          service,
          each.tag ?? each.digest ?? each.id.slice(0, 19),
          each.made.slice(0, 16),
          each.id === id ? 'runs now' : '',
        ]),
    ),
  }
}
