import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** Every file of `dist/` but the shell files, which follow the source by rule. A new one is a decision: it is written here. */
export const FILES = ['cli.js', 'github.js', 'index.js', 'licenses.txt', 'main.js', 'package.json', 'post.js']

/** Bytes of all `.js` files together: what a runner downloads and reads before the first handshake. */
export const BUDGET = 2_500_000

/** Paths of all files under a folder, relative to it, with `/`, sorted. */
export const filesUnder = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

/** `drill/mark.sh` lies in `dist/` as `drill-mark.sh`: one flat folder, and no two of one name. */
export const shellName = (path: string): string => path.replaceAll('/', '-')

/** The exact list of what `dist/` holds for this source folder. */
export const expectedFiles = async (source: string): Promise<string[]> => {
  const shell = (await filesUnder(source)).filter(path => path.endsWith('.sh')).map(shellName)
  return [...FILES, ...shell].sort()
}

/**
 * What is wrong with a built folder, a sentence each; empty when it may be shipped.
 *
 * @param machine Paths that must not appear in any file, e.g. the folder of the checkout.
 */
export const faultsOf = async (
  dist: string,
  expected: readonly string[],
  machine: readonly string[],
): Promise<string[]> => {
  const found = await filesUnder(dist)
  const faults = [
    ...found.filter(name => !expected.includes(name)).map(name => `${name} does not belong in dist/`),
    ...expected.filter(name => !found.includes(name)).map(name => `${name} is missing`),
  ]
  let bytes = 0
  for (const name of found) {
    const content = await readFile(join(dist, name))
    if (name.endsWith('.js')) bytes += content.length
    for (const path of machine)
      if (content.includes(path)) faults.push(`${name} names ${path}, a folder of this machine`)
  }
  if (bytes > BUDGET) faults.push(`the .js files have ${bytes} bytes together, more than ${BUDGET}`)
  if (found.includes('cli.js') && process.platform !== 'win32' && !(await isExecutable(join(dist, 'cli.js'))))
    faults.push('cli.js is not executable')
  return faults
}

const isExecutable = async (path: string): Promise<boolean> => ((await stat(path)).mode & 0o111) === 0o111
