const TAG = /^v(\d+)\.(\d+)\.(\d+)$/

const numbersOf = (tag: string): readonly [number, number, number] | undefined => {
  const [, major, minor, patch] = TAG.exec(tag) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)]
}

/**
 * The part of the changelog that belongs to a tag.
 *
 * @param versions what each file says the version is.
 * @throws When the tag is no version, a file says another one, or the changelog has nothing of it with a date.
 */
export const releaseNotes = (
  tag: string,
  versions: Readonly<Record<string, string>>,
  changelog: string,
): string => {
  if (numbersOf(tag) === undefined) throw new Error(`${tag} is no version: expected vX.Y.Z.`)
  const version = tag.slice(1)
  for (const [file, said] of Object.entries(versions))
    if (said !== version) throw new Error(`${file} says ${said}, the tag says ${version}.`)
  const parts = changelog.split(/^## /m)
  const part = parts.find(each => each.startsWith(`[${version}]`))
  const [heading = '', ...lines] = part?.split('\n') ?? []
  if (!/^\[[\d.]+\] - \d{4}-\d{2}-\d{2}$/.test(heading))
    throw new Error(`CHANGELOG.md has no heading \`## [${version}] - <date>\`.`)
  const notes = lines
    .filter(line => !/^\[[^\]]+\]: /.test(line))
    .join('\n')
    .trim()
  if (notes === '') throw new Error(`CHANGELOG.md says nothing of ${version}.`)
  return notes
}

/**
 * The tag that moves to a release, such as `v1`.
 *
 * @param tags all tags that there are.
 * @throws When a newer release of the same major version has it already: a late fix of an old line must not take it.
 */
export const majorToMove = (tag: string, tags: readonly string[]): string => {
  const own = numbersOf(tag)
  if (own === undefined) throw new Error(`${tag} is no version: expected vX.Y.Z.`)
  const [major, minor, patch] = own
  const newer = tags.find(each => {
    const [otherMajor, otherMinor = 0, otherPatch = 0] = numbersOf(each.trim()) ?? []
    return otherMajor === major && (otherMinor > minor || (otherMinor === minor && otherPatch > patch))
  })
  if (newer !== undefined) throw new Error(`v${major} stays where it is: ${newer} is newer than ${tag}.`)
  return `v${major}`
}
