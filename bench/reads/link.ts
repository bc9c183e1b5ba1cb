import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { quote } from '../../src/host/quote.ts'
import { makeFolder } from '../../test/support/folder.ts'

/** Looks at what a link leads to, without a pause, until it has looked often enough and its input has ended. */
const READER = `
const { readlinkSync, openSync, readSync, closeSync } = require('node:fs')
const [link, wanted] = process.argv.slice(1)
const bytes = Buffer.alloc(16)
const failed = {}
let reads = 0, told = false
process.stdin.resume().on('end', () => { told = true })
const look = () => {
  for (let at = 0; at < 1000; at += 1, reads += 1) {
    try {
      const text = readlinkSync(link)
      const file = openSync(link + '/version', 'r')
      const version = bytes.toString('utf8', 0, readSync(file, bytes))
      closeSync(file)
      if (!['releases/2', 'releases/3'].includes(text) || !['2', '3'].includes(version)) throw { code: 'half' }
    } catch ({ code }) {
      failed[code] = (failed[code] ?? 0) + 1
    }
  }
  if (reads >= Number(wanted) && !process.stdout.said) {
    process.stdout.said = true
    console.log('enough')
  }
  if (!told) return setImmediate(look)
  console.log(JSON.stringify({ reads, failed }))
}
look()
`

/** A way to point a link somewhere else, again and again, and the tools that it is done with. */
export interface Way {
  readonly name: string
  readonly tools: 'GNU' | 'busybox'
  /** Shell that goes there and back for ever in the folder of the site, and prints a line for each flip. */
  readonly loop: (site: string) => string
}

const SYMLINK = fileURLToPath(new URL('../../src/component/symlink.sh', import.meta.url))

/** The functions of the program on a host, with its own wait for the disk. */
export const ourLoop = (
  site: string,
  functions = `. ${quote(SYMLINK)}`,
  wait = 'sync "$@"',
): string => `${functions}
  durable() { ${wait}; }
  plan_run=20261121T000000Z-aaaaaa arg_before=releases/3 arg_after=releases/2 arg_link=${quote(`${site}/current`)}
  while symlink_do && echo there && symlink_undo && echo back; do :; done`

export const lnLoop = (site: string, ln = 'ln'): string => `cd ${quote(site)} || exit
  while ${ln} -nfs releases/2 current && echo there && ${ln} -nfs releases/3 current && echo back; do :; done`

const hasty = (site: string): string => ourLoop(site, undefined, ':')

export const WAYS: readonly Way[] = [
  { name: 'the switch of Rollbook', tools: 'GNU', loop: site => ourLoop(site) },
  { name: 'the switch of Rollbook', tools: 'busybox', loop: site => ourLoop(site) },
  { name: 'the same without its wait for the disk', tools: 'GNU', loop: hasty },
  { name: 'the same without its wait for the disk', tools: 'busybox', loop: hasty },
  { name: '`ln -nfs`', tools: 'busybox', loop: site => lnLoop(site) },
  { name: '`ln -nfs`', tools: 'GNU', loop: site => lnLoop(site) },
]

export interface Looked {
  readonly reads: number
  /** By the word of the system for it; `half` for a text or a content that nobody put there. */
  readonly failed: Readonly<Record<string, number>>
  readonly flips: number
  readonly seconds: number
}

/** Reads so many times at least, while the link goes there and back at least so often. */
export async function readDuring(way: Way, reads: number, flips: number): Promise<Looked> {
  await using folder = await makeFolder('reads')
  const site = join(folder.path, 'site')
  for (const release of ['2', '3']) {
    mkdirSync(join(site, 'releases', release), { recursive: true })
    writeFileSync(join(site, 'releases', release, 'version'), release)
  }
  symlinkSync('releases/3', join(site, 'current'))
  const began = performance.now()
  const reader = spawn(process.execPath, ['-e', READER, join(site, 'current'), String(reads)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const told = linesOf(reader)
  const [sh, path] = toolsOf(way, folder.path)
  const flipper = spawn(sh, ['-c', way.loop(site)], {
    env: { PATH: path },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const flipped = linesOf(flipper)
  try {
    await told.atLeast(1)
    await flipped.atLeast(flips)
    reader.stdin.end()
    await told.ended
    const { reads: made, failed } = JSON.parse(told.lines.at(-1) ?? '{}')
    return { reads: made, failed, flips: flipped.lines.length, seconds: (performance.now() - began) / 1000 }
  } finally {
    reader.kill()
    flipper.kill()
    await flipped.ended
  }
}

/** The shell, and a PATH on which there is nothing but what is meant. */
function toolsOf({ tools }: Way, folder: string): [sh: string, path: string] {
  if (tools === 'GNU') return ['/bin/sh', '/usr/bin:/bin']
  const own = join(folder, 'busybox')
  mkdirSync(own)
  const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim()
  for (const name of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
    symlinkSync(busybox, join(own, name))
  return [join(own, 'sh'), own]
}

function linesOf(child: ChildProcess) {
  const lines: string[] = []
  let rest = ''
  let look = () => {}
  const ended = new Promise<void>(resolve => child.on('close', () => resolve()))
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const cut = (rest + text).split('\n')
    rest = cut.pop() ?? ''
    lines.push(...cut)
    look()
  })
  return {
    lines,
    ended,
    atLeast: (count: number) =>
      Promise.race([
        ended.then(() => {
          if (lines.length < count) throw new Error(`it ended after ${lines.length} of ${count} lines`)
        }),
        new Promise<void>(resolve => {
          look = () => {
            if (lines.length >= count) resolve()
          }
          look()
        }),
      ]),
  }
}
