import { randomBytes } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import type { BenchHost } from './hosts.ts'
import { DEMO } from './user.ts'

/** Oldest first; the newest is live. Capistrano's way of naming them, which the others take, too. */
export const RELEASES = [1, 2, 3, 4, 5].map(day => `2026010${day}120000`)
export const LIVE = '20260105120000'
export const PREVIOUS = '20260104120000'

const RELEASE_BYTES = 64 * 1024

/** What a run left on a host. */
export interface Left {
  /** Name of the release that `current` names; undefined when it names none. */
  readonly live: string | undefined
  /** Releases that were there before the run. */
  readonly vanished: readonly string[]
  /** What is there besides releases/, shared/ and current. */
  readonly added: readonly string[]
}

/** Puts a host back to where it was before any run: tree and home, as the user's own. */
export function reset(host: BenchHost): void {
  const { demo, home, account } = host
  for (const name of readdirSync(demo)) rmSync(join(demo, name), { recursive: true })
  for (const name of readdirSync(home)) if (name !== '.ssh') rmSync(join(home, name), { recursive: true })
  const own = (path: string) => chownSync(path, account.uid, account.gid)
  for (const name of ['releases', 'shared']) {
    mkdirSync(join(demo, name))
    own(join(demo, name))
  }
  RELEASES.forEach((release, index) => {
    const folder = join(demo, 'releases', release)
    mkdirSync(folder)
    writeFileSync(join(folder, 'REVISION'), `rev${index + 1}\n`)
    writeFileSync(join(folder, 'blob'), randomBytes(RELEASE_BYTES))
    for (const path of [join(folder, 'REVISION'), join(folder, 'blob'), folder]) own(path)
    // Capistrano goes by the time of modification.
    const time = new Date(Date.UTC(2026, 0, index + 1, 12))
    utimesSync(folder, time, time)
  })
  symlinkSync(`${DEMO}/releases/${LIVE}`, join(demo, 'current'))
}

/** Reads what is on a host now. The link is followed as the host would follow it. */
export function look(host: BenchHost): Left {
  const releases = readdirSync(join(host.demo, 'releases'))
  const text = readlinkSync(join(host.demo, 'current')).replace(`${DEMO}/`, '')
  const release = basename(text)
  const leads = text === `releases/${release}` && existsSync(join(host.demo, text))
  return {
    live: leads ? release : undefined,
    vanished: RELEASES.filter(name => !releases.includes(name)),
    added: [
      ...readdirSync(host.demo).filter(name => !['releases', 'shared', 'current'].includes(name)),
      ...releases.filter(name => !RELEASES.includes(name)).map(name => `releases/${name}`),
      ...readdirSync(host.home)
        .filter(name => name !== '.ssh')
        .map(name => `~/${name}`),
    ].sort(),
  }
}
