/** Names that live beside releases, or belong to the file system, and are never a release. */
const RESERVED = new Set(['current', 'shared', 'releases', 'lost+found'])

/**
 * Why a text can't be the name of a release, in words that follow the name; undefined when it can.
 *
 * ASCII only, on purpose: two spellings of `é`, and letters that merely look alike, would be different releases.
 */
export function releaseNameProblem(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name.length > 255) return 'is longer than 255 characters'
  if (name.includes('/')) return 'has a slash; a release is named by its folder alone'
  if (/^[.-]/.test(name)) return `starts with ${name.startsWith('.') ? 'a dot' : 'a dash'}`
  if (!/^[A-Za-z0-9._+@-]+$/.test(name)) return 'has characters other than letters, digits and . _ + @ -'
  if (RESERVED.has(name)) return 'is a name that deploy tools keep for something else'
  return undefined
}

export const isReleaseName = (name: string): boolean => releaseNameProblem(name) === undefined

/** Seven to forty hexadecimal digits in either case: long enough to be meant as a commit. */
export const isCommit = (text: string): boolean => /^[0-9a-f]{7,40}$/i.test(text)

/** Whether two commits are the same, one of them perhaps shortened. What isn't a commit must be equal. */
export function sameCommit(one: string, two: string): boolean {
  if (!isCommit(one) || !isCommit(two)) return one === two
  const [a, b] = [one.toLowerCase(), two.toLowerCase()]
  return a.startsWith(b) || b.startsWith(a)
}

/** Targets that name no release: each rollback moves what they mean. */
export const RELATIVE_TARGETS: readonly string[] = ['previous', 'last-good']
