import {
  chmodSync,
  chownSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { BenchHost } from '../hosts.ts'
import { DEMO } from '../user.ts'
import type { Right } from './judge.ts'
import type { Tree } from './tree.ts'

/** A situation in which a rollback can go wrong, and what has to come of it. */
export interface Case {
  /** A letter of its own, as in the table. */
  readonly id: string
  /** What stands on the hosts, and what is asked, in a sentence. */
  readonly title: string
  readonly hosts: number
  readonly tree: Tree
  readonly right: Right
  /** Releases that somebody else deletes meanwhile. */
  readonly mayVanish?: readonly string[]
  /** What is different from the tree on some host. */
  readonly arrange?: (hosts: readonly BenchHost[]) => void
  /** What each run asks for, one run after the other: a release, or `previous`. One `previous` when it is left out. */
  readonly asks?: readonly string[]
  readonly how?: 'twice at once' | 'no hosts' | 'one host is down' | 'killed after the flip'
}

const days = (...numbers: readonly number[]): string[] => numbers.map(day => `2026010${day}120000`)
const [ONE, TWO, THREE, FOUR, FIVE] = days(1, 2, 3, 4, 5) as [string, string, string, string, string]
const USUAL: Tree = { releases: [ONE, TWO, THREE, FOUR, FIVE], live: FIVE }

const release = ({ demo }: BenchHost, name: string, ...rest: readonly string[]): string =>
  join(demo, 'releases', name, ...rest)

/** Changes what is in a folder, and not its time, by which some tools go. */
function asOldAsBefore(folder: string, change: () => void): void {
  const { atime, mtime } = statSync(folder)
  change()
  utimesSync(folder, atime, mtime)
}

/** In front of everything else on the PATH of whoever logs in. */
function inFrontOfPath({ home, account }: BenchHost, program: string, script: string): void {
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, 'bin', program), `#!/bin/sh\n${script}\nexec /usr/bin/${program} "$@"\n`)
  chmodSync(join(home, 'bin', program), 0o755)
  writeFileSync(join(home, '.bashrc'), 'PATH=$HOME/bin:$PATH\n')
  for (const path of ['bin', `bin/${program}`, '.bashrc'])
    chownSync(join(home, path), account.uid, account.gid)
}

const relink = ({ demo }: BenchHost, target: string): void => {
  rmSync(join(demo, 'current'))
  symlinkSync(target, join(demo, 'current'))
}

export const CASES: readonly Case[] = [
  { id: '0', title: 'nothing is wrong', hosts: 1, tree: USUAL, right: { live: [FOUR] } },
  {
    id: 'A',
    title: 'somebody has touched an old release: its folder is the newest by time',
    hosts: 1,
    tree: USUAL,
    right: { live: [FOUR] },
    arrange: hosts => {
      for (const host of hosts) utimesSync(release(host, TWO), new Date(), new Date())
    },
  },
  {
    id: 'B',
    title: 'an interrupted run has left `releases/current` behind',
    hosts: 1,
    tree: USUAL,
    right: { live: [FOUR] },
    arrange: hosts => {
      for (const host of hosts) symlinkSync(`${DEMO}/releases/${FOUR}`, release(host, 'current'))
    },
  },
  {
    id: 'C',
    title: 'twice, one after the other: both go one back, and nothing is deleted',
    hosts: 1,
    tree: USUAL,
    right: { live: [THREE] },
    asks: ['previous', 'previous'],
  },
  {
    id: 'D',
    title: 'to 3 by its name, then to the previous one: not to where it is, and nothing is deleted',
    hosts: 1,
    tree: USUAL,
    right: { live: [TWO, FOUR] },
    asks: [THREE, 'previous'],
  },
  {
    id: 'E',
    title: 'the newest folder is a deploy that failed before it was ever live',
    hosts: 1,
    tree: { ...USUAL, live: FOUR },
    right: { live: [THREE] },
    arrange: hosts => {
      for (const host of hosts) rmSync(release(host, FIVE, 'REVISION'))
    },
  },
  {
    id: 'H',
    title: 'the target is older than the newest five',
    hosts: 1,
    tree: { releases: days(1, 2, 3, 4, 5, 6, 7, 8), live: TWO },
    right: { live: [ONE] },
  },
  {
    id: 'X1',
    title: 'one of three hosts lacks the target',
    hosts: 3,
    tree: USUAL,
    right: 'refused',
    arrange: ([, second]) => {
      if (second) rmSync(release(second, FOUR), { recursive: true })
    },
  },
  {
    id: 'X2',
    title: 'one of three hosts does not answer',
    hosts: 2,
    tree: USUAL,
    right: 'refused',
    how: 'one host is down',
  },
  {
    id: 'X3',
    title: 'the folder of the app can not be written on one of three hosts',
    hosts: 3,
    tree: USUAL,
    right: 'refused',
    arrange: hosts => {
      const third = hosts[2]
      if (!third) return
      chownSync(third.demo, 0, 0)
    },
  },
  {
    id: 'X4',
    title: 'a deploy of Deployer is under way and holds its lock',
    hosts: 1,
    tree: USUAL,
    right: 'refused',
    arrange: hosts => {
      for (const { demo, account } of hosts) {
        mkdirSync(join(demo, '.dep'))
        writeFileSync(join(demo, '.dep/deploy.lock'), 'alice\n')
        writeFileSync(
          join(demo, '.dep/releases_log'),
          USUAL.releases.map(name => `${JSON.stringify({ release_name: name, target: 'main' })}\n`).join(''),
        )
        for (const path of ['.dep', '.dep/deploy.lock', '.dep/releases_log'])
          chownSync(join(demo, path), account.uid, account.gid)
      }
    },
  },
  {
    id: 'X6',
    title: 'there is no other release than the live one',
    hosts: 1,
    tree: { releases: [FIVE], live: FIVE },
    right: 'refused',
  },
  {
    id: 'X7',
    title: 'the release before was marked bad (`BAD_RELEASE`)',
    hosts: 1,
    tree: USUAL,
    right: { live: [THREE] },
    arrange: hosts => {
      for (const host of hosts)
        asOldAsBefore(release(host, FOUR), () => writeFileSync(release(host, FOUR, 'BAD_RELEASE'), 'alice\n'))
    },
  },
  {
    id: 'X9',
    title: 'the release before is half built: what every other has is missing',
    hosts: 1,
    tree: USUAL,
    right: { live: [THREE] },
    arrange: hosts => {
      for (const host of hosts)
        asOldAsBefore(release(host, FOUR), () => {
          for (const name of ['REVISION', 'version']) rmSync(release(host, FOUR, name))
        })
    },
  },
  {
    id: '2×',
    title: 'two people press the button at once: one step back, not two, and no host in between',
    hosts: 2,
    tree: USUAL,
    right: { live: [FOUR] },
    how: 'twice at once',
  },
  {
    id: '∅',
    title: 'the list of hosts is empty',
    hosts: 1,
    tree: USUAL,
    right: 'refused',
    how: 'no hosts',
  },
  {
    id: 'K',
    title: 'the runner is killed when the first of two hosts has been switched, and the job is run again',
    hosts: 2,
    tree: USUAL,
    right: { live: [THREE, FOUR] },
    how: 'killed after the flip',
  },
  {
    id: 'T',
    title: 'a clean-up deletes the target right before the link is made',
    hosts: 1,
    tree: USUAL,
    right: 'refused',
    mayVanish: [FOUR],
    arrange: hosts => {
      for (const host of hosts) inFrontOfPath(host, 'ln', `rm -rf ${DEMO}/releases/${FOUR}`)
    },
  },
  {
    id: 'L',
    title: '`current` leads to a release that is gone',
    hosts: 1,
    tree: USUAL,
    right: 'refused',
    arrange: hosts => {
      for (const host of hosts) relink(host, `${DEMO}/releases/20251231120000`)
    },
  },
  {
    id: 'S1',
    title: 'releases are called 8, 9 and 10',
    hosts: 1,
    tree: { releases: ['8', '9', '10'], live: '10' },
    right: { live: ['9'] },
  },
  {
    id: 'S2',
    title: 'releases are called v1.8, v1.9 and v1.10',
    hosts: 1,
    tree: { releases: ['v1.8', 'v1.9', 'v1.10'], live: 'v1.10' },
    right: { live: ['v1.9'] },
  },
]
