import { execFileSync } from 'node:child_process'
import { accessSync, constants, mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'

/** A shell that production hosts have as `/bin/sh`, with the tools that come with it. */
export interface Shell {
  readonly name: string
  /** An executable called `sh`, as the program on a host finds it. */
  readonly sh: string
  /** For PATH: with busybox its own applets, which do things in other ways than GNU's. */
  readonly path: string
}

/** Kept: nobody knows which of the processes that run tests is the last. */
const FOLDER = join(import.meta.dirname, '../../build/shells')

/** `npm test` is over before somebody goes away, and takes Debian's own; `npm run test:shells` takes the others. */
const ASKED = process.env.ROLLBOOK_SHELLS?.split(' ') ?? ['dash', 'bash', 'busybox']

/** Those of them that this machine has; where tests are what counts, all of them must be there. */
export const SHELLS: readonly Shell[] = ASKED.flatMap(name => {
  const found = findTool(name)
  if (found !== undefined) return [shellOf(name, found)]
  if (process.env.CI) throw new Error(`these tests need ${name}; on Debian: apt-get install ${name}`)
  return []
})

export function findTool(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(each => join(each, name))
    .find(each => {
      try {
        accessSync(each, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

function shellOf(name: string, found: string): Shell {
  const own = join(FOLDER, name)
  mkdirSync(own, { recursive: true })
  const names =
    name === 'busybox' ? execFileSync(found, ['--list'], { encoding: 'utf8' }).trim().split('\n') : ['sh']
  for (const each of names) link(found, join(own, each))
  return { name, sh: join(own, 'sh'), path: `${own}:/usr/local/bin:/usr/bin:/bin` }
}

/** Others may be doing the same, or using it. */
function link(to: string, path: string): void {
  const made = `${path}.${process.pid}`
  symlinkSync(to, made)
  renameSync(made, path)
}
