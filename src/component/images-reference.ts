/** An image as Compose names it, cut where its version begins. */
export interface Reference {
  /** `ssalgten-backend`, `registry.example.com:5000/team/app` */
  readonly repository: string
  /** `:1.4`, `@sha256:…`, both, or empty, which Docker takes for `:latest`. */
  readonly suffix: string
}

const REFERENCE =
  /^([A-Za-z0-9][A-Za-z0-9._-]*(?::\d{1,5}(?=\/))?(?:\/[A-Za-z0-9._-]+)*)((?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?)$/
const DIGEST = /sha256:[0-9a-f]{64}$/

export const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/

/** Undefined when the text is no reference of an image. */
export function splitReference(text: string): Reference | undefined {
  const [, repository, suffix] = REFERENCE.exec(text) ?? []
  return repository === undefined || suffix === undefined ? undefined : { repository, suffix }
}

/** What tells one version of an image from another: the digest where there is one, else the tag. */
export const versionOf = ({ suffix }: Reference): string =>
  DIGEST.exec(suffix)?.[0] ?? (suffix === '' ? 'latest' : suffix.slice(1))

export const isDigest = (version: string): boolean => version.startsWith('sha256:')

/** How many characters of a digest stand in a name that would be too long for a ledger otherwise. */
const SHORT = 'sha256:'.length + 12
const LONGEST_NAME = 255

/** One name for the versions of several services: the version that all share, else `web=1.4,worker=1.2`. */
export function nameOfVersions(versions: ReadonlyMap<string, string>): string {
  const all = new Set(versions.values())
  const [only] = all
  if (all.size === 1 && only !== undefined) return only
  const named = (most: number) =>
    [...versions]
      .map(([service, version]) => `${service}=${isDigest(version) ? version.slice(0, most) : version}`)
      .join(',')
  const whole = named(Infinity)
  return whole.length > LONGEST_NAME ? named(SHORT) : whole
}

/** The version that a name means for each service; undefined where it says nothing of one, or more than these. */
export function versionsIn(
  name: string,
  services: readonly string[],
): ReadonlyMap<string, string> | undefined {
  if (!name.includes('=')) return new Map(services.map(service => [service, name]))
  const pairs = name.split(',').map(pair => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at), pair.slice(at + 1)] as const
  })
  const versions = new Map(pairs)
  const fits = pairs.length === services.length && services.every(service => versions.has(service))
  return fits ? versions : undefined
}
