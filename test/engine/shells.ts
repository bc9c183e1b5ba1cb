import { execFileSync } from 'node:child_process'
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { afterAll } from 'vitest'

/** A shell that production hosts have as `/bin/sh`, with the tools that come with it. */
export interface Shell {
  readonly name: string
  /** An executable called `sh`, as the program on a host finds it. */
  readonly sh: string
  /** For PATH: with busybox its own applets, which do things in other ways than GNU's. */
  readonly path: string
}

const folder = mkdtempSync(join(tmpdir(), 'rollbook-shells-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

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
  const own = join(folder, name)
  mkdirSync(own)
  const names =
    name === 'busybox' ? execFileSync(found, ['--list'], { encoding: 'utf8' }).trim().split('\n') : ['sh']
  for (const each of names) symlinkSync(found, join(own, each))
  return { name, sh: join(own, 'sh'), path: `${own}:/usr/local/bin:/usr/bin:/bin` }
}
