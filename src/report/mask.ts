import { GREEN, RED } from '../outcome.ts'
import { withoutEscapes } from './neutralise.ts'
import { secretForms } from './secret-forms.ts'

/** A value that must never be shown; `name` is what messages call it by, e.g. `DB_PASSWORD`. */
export interface Secret {
  readonly name: string
  readonly value: string
}

const SHOWN = '***'

// Masking one of these would hide half of every page and blank the outputs, and would protect nothing.
const COMMON = new Set([
  ...'true false null none main master trunk deploy deployer root admin user users ubuntu debian'.split(' '),
  ...'production staging development test default current previous last-good release releases shared'.split(
    ' ',
  ),
  ...'rollback undo plan status record guard unlock local localhost host hosts runner github actions'.split(
    ' ',
  ),
  ...'backup stop switch start verify resume diagnose passed failed warned switched'.split(' '),
  ...GREEN,
  ...RED,
])

/** What a text ends with that was cut to a length. */
const CUT = '…'

/** Fewer characters of a secret before it may be anything; of more than the other, nobody leaves as much. */
const LEAST_BEFORE_CUT = 6
const MOST_BEFORE_CUT = 400

const ESCAPED = /[^\P{Cc}\n\r\t]/u

const PEM_EDGE = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/

/** Replaces every form of every secret by `***`. One per run; it learns secrets as they are read. */
export class Masker {
  readonly #warnings: string[] = []
  /** Longest first. */
  #forms: string[] = []
  readonly #toRegister = new Set<string>()
  readonly #registered = new Set<string>()

  constructor(secrets: readonly Secret[] = []) {
    this.add(secrets)
  }

  /** What could not be masked, in words without the value. */
  get warnings(): readonly string[] {
    return this.#warnings
  }

  /** Learns more secrets. Returns a warning, without the value, for each one that can't be masked. */
  add(secrets: readonly Secret[]): readonly string[] {
    const forms = new Set(this.#forms)
    const warnings: string[] = []
    for (const { name, value } of secrets) {
      const whole = value.trim()
      if (whole === '') continue
      const problem = unmaskable(whole)
      if (problem !== undefined) {
        warnings.push(`The secret ${name} ${problem}, so it is not masked. Give it a longer, random value.`)
        continue
      }
      for (const form of secretForms(whole)) {
        forms.add(form)
        this.#toRegister.add(form)
      }
      for (const part of partsOf(whole)) {
        for (const form of secretForms(part)) forms.add(form)
        this.#toRegister.add(part)
      }
    }
    this.#forms = [...forms].sort((a, b) => b.length - a.length)
    this.#warnings.push(...warnings)
    return warnings
  }

  /**
   * `text` with each secret replaced by `***`; forms that overlap or touch vanish together. Where a secret is in it once
   * colours and the like are taken out, as a page does later, they are taken out here.
   */
  mask(text: string): string {
    const masked = this.#replaced(text)
    if (!ESCAPED.test(masked)) return masked
    const plain = withoutEscapes(masked)
    return this.#find(plain).length === 0 ? masked : this.#replaced(plain)
  }

  #replaced(text: string): string {
    const found = this.#find(text)
    if (found.length === 0) return text
    let masked = ''
    let at = 0
    for (const [from, to] of found) {
      masked += text.slice(at, from) + SHOWN
      at = to
    }
    return masked + text.slice(at)
  }

  /** Whether `text` holds a secret, or the place where one was masked. */
  holds(text: string): boolean {
    return this.mask(text).includes(SHOWN)
  }

  /** A copy of `value` with every string in it masked. Names of fields are kept: they are ours. */
  maskDeep<T>(value: T): T
  maskDeep(value: unknown): unknown {
    if (typeof value === 'string') return this.mask(value)
    if (Array.isArray(value)) return value.map(each => this.maskDeep(each))
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.maskDeep(each)]))
    }
    return value
  }

  /** Tells the runner every form that it doesn't know yet; call it again after `add`. */
  registerSecrets(setSecret: (secret: string) => void): void {
    for (const form of this.#toRegister) {
      if (this.#registered.has(form)) continue
      this.#registered.add(form)
      setSecret(form)
    }
  }

  /** Places of secrets in `text`, in order, merged: a form that only overlaps another must not show its rest. */
  #find(text: string): [from: number, to: number][] {
    const places: [number, number][] = []
    for (const form of this.#forms) {
      for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
        places.push([at, at + form.length])
      }
    }
    for (let at = text.indexOf(CUT); at !== -1; at = text.indexOf(CUT, at + 1)) {
      const longest = Math.max(0, ...this.#forms.map(form => beginningBefore(text, at, form)))
      if (longest > 0) places.push([at - longest, at])
    }
    places.sort((a, b) => a[0] - b[0])
    const merged: [number, number][] = []
    for (const [from, to] of places) {
      const last = merged.at(-1)
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
      else merged.push([from, to])
    }
    return merged
  }
}

/**
 * Characters of `form` that stand in front of `at`, where a text was cut in the middle of it before anybody could mask it;
 * 0 when they are too few to tell.
 */
function beginningBefore(text: string, at: number, form: string): number {
  const first = form.charCodeAt(0)
  for (let length = Math.min(form.length - 1, at, MOST_BEFORE_CUT); length >= LEAST_BEFORE_CUT; length--)
    if (text.charCodeAt(at - length) === first && text.startsWith(form.slice(0, length), at - length))
      return length
  return 0
}

function unmaskable(value: string): string | undefined {
  if (value.length < 4) return `has only ${value.length} characters`
  if (COMMON.has(value.toLowerCase())) return 'is a common word'
  if (/^\d{1,5}$/.test(value)) return 'is a short number'
  return undefined
}

/** What of a secret is shown on its own: its lines, and the password of an address. */
function partsOf(whole: string): string[] {
  const parts = whole.split(/\r\n|\r|\n|\\r\\n|\\n/).map(line => line.trim())
  const url =
    /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(whole) && URL.canParse(whole) ? new URL(whole) : undefined
  if (url !== undefined && url.password !== '') parts.push(url.password, decoded(url.password))
  return parts.filter(part => part !== whole && unmaskable(part) === undefined && !PEM_EDGE.test(part))
}

function decoded(escaped: string): string {
  try {
    return decodeURIComponent(escaped)
  } catch {
    return escaped
  }
}
