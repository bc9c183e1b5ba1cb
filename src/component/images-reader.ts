import type { FactLine } from '../release/fact-line.ts'

/** A Compose file as it stands on the host. */
export interface ComposeText {
  /** Its name in the folder of the project. */
  readonly name: string
  readonly sha256: string
  readonly text: string
}

/** An assignment in `.env`, the last one of its variable. */
export interface EnvLine {
  /** Of its first byte. */
  readonly offset: number
  readonly line: string
}

/** A container that belongs to a service. */
export interface Container {
  readonly id: string
  /** Id of the image that it was made of, whatever has that image's name by now. */
  readonly image: string
  readonly state: string
  /** The image as it was named when the container was made. */
  readonly reference: string
}

/** An image of the same repository that the host has. */
export interface KnownImage {
  readonly id: string
  readonly digest: string | undefined
  readonly tag: string | undefined
  /** As the engine writes it; for people. */
  readonly made: string
}

/** What a host said of a Compose project. */
export interface Project {
  /** Why it can't be worked with, in the probe's own word, and what the tools said. */
  readonly problem: { readonly word: string; readonly said: string } | undefined
  readonly version: string
  readonly name: string
  readonly files: readonly ComposeText[]
  readonly env: ReadonlyMap<string, EnvLine>
  readonly envSha256: string | undefined
  /** By service: the image that Compose would run. */
  readonly images: ReadonlyMap<string, string>
  readonly containers: ReadonlyMap<string, readonly Container[]>
  /** By service, the newest first. */
  readonly known: ReadonlyMap<string, readonly KnownImage[]>
  /** By service: what keeps two of its containers from running side by side. */
  readonly fixed: ReadonlyMap<string, readonly string[]>
}

const SHA256 = '[0-9a-f]{64}'
const FILE = new RegExp(`^(\\d) (${SHA256}) ([A-Za-z0-9][A-Za-z0-9._-]{0,254})$`)
const CONTAINER = new RegExp(`^(\\S+) (${SHA256}) (sha256:${SHA256}) ([a-z]{1,20}) ([!-~]{1,500})$`)
const KNOWN = new RegExp(`^(\\S+) (sha256:${SHA256}) (sha256:${SHA256}|<none>) (\\S{1,128}) ?(.*)$`)

/** Reads what `images-probe.sh` printed; lines in another form say nothing. Never throws. */
export function readProject(answer: readonly FactLine[]): Project {
  const of = (word: string, form: RegExp) =>
    answer
      .filter(line => line.word === word && line.exact)
      .flatMap(({ text }) => [form.exec(text)?.slice(1) ?? []].filter(found => found.length > 0))
  const [problem] = answer.filter(({ word }) => word === 'images-problem').map(({ text }) => text)
  const chunks = of('images-text', /^(\d) ([A-Za-z0-9+/=]+)$/)
  const files = of('images-file', FILE).map(([number = '', sha256 = '', name = '']) => {
    const own = chunks.filter(([of]) => of === number).map(([, chunk = '']) => chunk)
    return { name, sha256, text: decode(own.join('')) }
  })
  const unreadable = files.find(({ text }) => text === undefined)
  const found =
    problem ??
    (unreadable && `not-text ${unreadable.name}`) ??
    (answer.some(({ word }) => word === 'images-end') ? undefined : 'no-answer')
  return {
    problem: found === undefined ? undefined : problemIn(found),
    version: of('images-compose', /^v?(\d[\w.+-]{0,60})$/)[0]?.[0] ?? '',
    name: of('images-project', /^([a-z0-9][a-z0-9_-]{0,254})$/)[0]?.[0] ?? '',
    files: files.map(file => ({ ...file, text: file.text ?? '' })),
    env: new Map(
      of('images-env', /^(\d{1,9}) (.*)$/).flatMap(([offset = '', line = '']) => {
        const [, name] = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=/.exec(line) ?? []
        return name === undefined ? [] : [[name, { offset: Number(offset), line }] as const]
      }),
    ),
    envSha256: of('images-env-sum', new RegExp(`^(${SHA256})$`))[0]?.[0],
    images: new Map(
      of('images-said', /^(\S+) ([!-~]{1,500})$/).map(([service = '', image = '']) => [service, image]),
    ),
    containers: grouped(
      of('images-runs', CONTAINER).map(([service = '', id = '', image = '', state = '', reference = '']) => [
        service,
        { id, image, state, reference },
      ]),
    ),
    known: grouped(
      of('images-has', KNOWN).map(([service = '', id = '', digest, tag, made = '']) => [
        service,
        { id, digest: there(digest), tag: there(tag), made },
      ]),
    ),
    fixed: grouped(
      of('images-fixed', /^(\S+) ([a-z_]{1,40})$/).map(([service = '', what = '']) => [service, what]),
    ),
  }
}

const there = (text: string | undefined): string | undefined => (text === '<none>' ? undefined : text)

function problemIn(text: string): { word: string; said: string } {
  const at = text.indexOf(' ')
  return at < 0 ? { word: text, said: '' } : { word: text.slice(0, at), said: text.slice(at + 1) }
}

function grouped<Value>(pairs: readonly (readonly [string, Value])[]): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>()
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value])
  return groups
}

/** Byte for byte, with a byte order mark as a character, so that places in it are places in the file. */
function decode(base64: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
}
