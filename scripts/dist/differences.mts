import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { filesUnder } from './contents.mts'

/** In what two folders differ, a sentence each, seen from the first one: names, bytes, and the right to be executed. */
export const differences = async (shipped: string, fresh: string): Promise<string[]> => {
  const [ours, theirs] = await Promise.all([listed(shipped), listed(fresh)])
  const names = [...new Set([...ours, ...theirs])].sort()
  const told = await Promise.all(
    names.map(async name => {
      if (!theirs.includes(name)) return `${name} is there, but a build does not make it`
      if (!ours.includes(name)) return `${name} is missing`
      return difference(join(shipped, name), join(fresh, name), name)
    }),
  )
  return told.filter(line => line !== undefined)
}

/** A folder that isn't there yet is an empty one. */
const listed = (folder: string): Promise<string[]> => filesUnder(folder).catch((): string[] => [])

const difference = async (a: string, b: string, name: string): Promise<string | undefined> => {
  const [one, other] = await Promise.all([readFile(a), readFile(b)])
  if (!one.equals(other)) return `${name} differs, first in line ${firstDifferentLine(one, other)}`
  const [here, there] = await Promise.all([stat(a), stat(b)])
  return (here.mode & 0o111) === (there.mode & 0o111) ? undefined : `${name} differs in who may execute it`
}

const firstDifferentLine = (one: Buffer, other: Buffer): number => {
  const lines = other.toString().split('\n')
  const first = one
    .toString()
    .split('\n')
    .findIndex((line, at) => line !== lines[at])
  return (first === -1 ? lines.length : first) + 1
}
