import type { Shown } from '../kind/kind.ts'
import type { ReleaseReport } from '../outcome.ts'
import type { Seen } from '../release/facts.ts'
import type { LedgerEntry } from '../release/ledger.ts'
import { provenReleases, standingOf } from '../release/standing.ts'
import { type ImagesValue, projectOf, runningIn } from './images-project.ts'
import { type Project, readProject } from './images-reader.ts'
import { splitReference } from './images-reference.ts'
import { candidatesOf, imagesOf, liveImages, type Running } from './images-target.ts'
import { problemOf } from './problem-status.ts'

/** What `status` tells of services: the image that each runs, and which ones the host has to go back to. */
export function imagesShown(value: ImagesValue, seen: Seen): Shown {
  let running: readonly Running[] = []
  const problem = problemOf(() => {
    running = runningIn(projectOf(value, seen), value, seen.host)
  })
  const project = readProject(seen.answer)
  return {
    title: `images of ${value.services.join(', ')} in ${value.compose}`,
    live: problem === undefined ? liveImages(running) : '',
    ...(problem !== undefined && { problem }),
    parts: value.services.map(service => partOf(service, project)),
    releases: problem === undefined ? releasesOf(running, seen.ledger) : [],
  }
}

function partOf(service: string, project: Project): Shown['parts'][number] {
  const containers = project.containers.get(service) ?? []
  const known = project.known.get(service) ?? []
  const said = project.images.get(service) ?? ''
  const [first] = containers
  if (first === undefined) return { service, image: said, tag: '', digest: '', containers: 'none' }
  const reference = splitReference(first.reference)
  const [, tag = reference?.suffix === '' ? 'latest' : ''] = /^:([^@]+)/.exec(reference?.suffix ?? '') ?? []
  const notes = [
    ...(first.reference === said ? [] : [`the Compose file says ${said || 'nothing of it'}`]),
    // Built or pulled again since: the name leads elsewhere.
    ...(known.some(each => each.tag === tag && each.id !== first.image)
      ? ['its tag goes to another image by now']
      : []),
  ]
  return {
    service,
    image: reference?.repository ?? first.reference,
    tag,
    digest: known.find(({ id, digest }) => id === first.image && digest !== undefined)?.digest ?? '',
    containers: containers.map(({ state }) => state).join(', '),
    ...(notes.length > 0 && { note: notes.join('; ') }),
  }
}

/** Tags that every service has, and what the ledger knows as good and the host still has, the newest first. */
function releasesOf(running: readonly Running[], ledger: readonly LedgerEntry[]): readonly ReleaseReport[] {
  const live = liveImages(running)
  const tags = candidatesOf(running)
  const good = provenReleases(ledger).filter(name => isThere(running, name))
  const names = new Set([...(tags.includes(live) ? [] : [live]), ...tags, ...good])
  return [...names].map(name => {
    const { proven, bad } = standingOf(ledger, name)
    return {
      name,
      standing: name === live ? 'live' : bad !== undefined ? 'bad' : proven ? 'good' : 'usable',
      ...(bad !== undefined && { why: bad }),
    }
  })
}

function isThere(running: readonly Running[], name: string): boolean {
  let there = false
  problemOf(() => {
    there = imagesOf(running, name, '').every(({ id }) => id !== undefined)
  })
  return there
}
