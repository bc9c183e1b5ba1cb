import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import type { BenchHost } from '../hosts.ts'
import { DEMO } from '../user.ts'

/** What stands on a host before a case: releases, the oldest first, and what is live. */
export interface Tree {
  readonly releases: readonly string[]
  readonly live: string
}

/** What is to be seen on a host afterwards. */
export interface Seen {
  /** Name of the release that `current` leads to; undefined when it leads to none. */
  readonly live: string | undefined
  /** Releases that were there before and have gone. */
  readonly vanished: readonly string[]
  /** Those of them of which an archive was made beside `releases/`. */
  readonly archived: readonly string[]
  /** What lies between the releases, or in one, and was not there before. */
  readonly stray: readonly string[]
}

/** What a release of a test is made of. */
const CONTENTS = ['REVISION', 'version']

/** Puts a host back to where a case begins. */
export function plant({ demo, home, account }: BenchHost, { releases, live }: Tree): void {
  for (const name of readdirSync(demo)) rmSync(join(demo, name), { recursive: true })
  for (const name of readdirSync(home)) if (name !== '.ssh') rmSync(join(home, name), { recursive: true })
  const own = (path: string) => chownSync(path, account.uid, account.gid)
  own(demo)
  for (const name of ['releases', 'shared']) {
    mkdirSync(join(demo, name))
    own(join(demo, name))
  }
  for (const [index, release] of releases.entries()) {
    const folder = join(demo, 'releases', release)
    mkdirSync(folder)
    writeFileSync(join(folder, 'REVISION'), `rev${index + 1}\n`)
    writeFileSync(join(folder, 'version'), `${release}\n`)
    for (const path of [...CONTENTS.map(name => join(folder, name)), folder]) own(path)
    // Capistrano goes by the time of modification.
    const time = new Date(Date.UTC(2026, 0, index + 1, 12))
    utimesSync(folder, time, time)
  }
  symlinkSync(`${DEMO}/releases/${live}`, join(demo, 'current'))
}

/** Reads what is on a host now; the link is followed as the host would follow it. */
export function see({ demo }: BenchHost, { releases }: Tree): Seen {
  const there = readdirSync(join(demo, 'releases'))
  return {
    live: liveOf(demo),
    vanished: releases.filter(name => !there.includes(name)),
    archived: releases.filter(name => existsSync(join(demo, `rolled-back-release-${name}.tar.gz`))),
    stray: [
      ...there.filter(name => !releases.includes(name)).map(name => `releases/${name}`),
      ...there
        .filter(name => releases.includes(name) && lstatSync(join(demo, 'releases', name)).isDirectory())
        .flatMap(name =>
          readdirSync(join(demo, 'releases', name))
            .filter(inside => !CONTENTS.includes(inside) && inside !== 'BAD_RELEASE')
            .map(inside => `releases/${name}/${inside}`),
        ),
      ...readdirSync(demo).filter(name => name !== 'current' && name.startsWith('current')),
    ],
  }
}

function liveOf(demo: string): string | undefined {
  let text: string
  try {
    text = readlinkSync(join(demo, 'current')).replace(`${DEMO}/`, '')
  } catch {
    return undefined
  }
  const release = basename(text)
  if (text !== `releases/${release}` || !existsSync(join(demo, text, 'version'))) return undefined
  return readFileSync(join(demo, text, 'version'), 'utf8').trim() === release ? release : undefined
}
