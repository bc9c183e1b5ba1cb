import type { SymlinkFacts } from './facts.ts'

/**
 * The text that makes `current` point to another release, in the manner of the text it has: relative or absolute,
 * with or without `./` and a slash at the end, through the real path or through a linked one.
 *
 * Where the old text reaches its release in a roundabout way (through another link, or in and out of a release), the
 * new one goes straight. The host still checks where it leads before it uses it.
 */
export function linkTextFor(facts: SymlinkFacts, release: string): string {
  const folder = facts.releasesFolder ?? `${facts.path}/releases`
  const [, before = '', name, after = ''] = /^(.*\/)?([^/]+)(\/*)$/.exec(facts.text) ?? []
  if (name === lastOf(facts.resolved ?? '') && leadsStraightTo(before, folder))
    return before + release + after
  const isRelative = !facts.text.startsWith('/') && folder.startsWith(`${facts.path}/`)
  return `${isRelative ? folder.slice(facts.path.length + 1) : folder}/${release}`
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

function leadsStraightTo(text: string, folder: string): boolean {
  const steps = text.split('/').filter(step => step !== '' && step !== '.')
  const named = steps.findIndex(step => step !== '..')
  // `..` behind a name goes into a folder and out again, and breaks when that folder goes.
  if (named === -1 || steps.includes('..', named)) return false
  const last = steps.at(-1)
  return last === 'releases' || last === lastOf(folder)
}
