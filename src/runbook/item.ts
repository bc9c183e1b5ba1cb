import * as v from 'valibot'
import { type Item, PHASES, type Phase } from '../kind/item.ts'
import type { Kind } from '../kind/kind.ts'
import { LATER, laterPhases } from '../kind/later.ts'
import { MODIFIERS } from '../kind/modifiers.ts'
import { map } from '../kind/shape.ts'
import { KINDS } from '../kind/table.ts'
import { shownGiven } from './given.ts'
import { hint, nearest } from './nearest.ts'
import type { Path, Report, Source } from './problem.ts'
import { validate } from './validate.ts'

/** Kinds that can stand in a runbook; the others are what these become. */
const WRITTEN = KINDS.filter(kind => kind.phases.length > 0)
const modifierSchema = v.object(MODIFIERS)
const modifierKeys: v.ObjectEntries = Object.fromEntries(
  Object.keys(MODIFIERS).map(key => [key, v.optional(v.unknown())]),
)

/**
 * Reads one item of a phase, and reports all that is wrong with it.
 *
 * @param kinds what may stand here: all that is known, or what an item that holds others allows.
 */
export function parseItem(
  raw: unknown,
  phase: Phase,
  path: Path,
  source: Source,
  report: Report,
  kinds: readonly Kind[] = KINDS,
): Item | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const example = exampleFor(phase, kinds)
    report(path, `Given ${shownGiven(raw, path)}. Expected an item, such as "- ${example}: …".`)
    return undefined
  }
  const later = kinds === KINDS ? LATER : {}
  const words = Object.keys(raw).filter(
    key => Object.hasOwn(later, key) || kinds.some(kind => kind.name === key && kind.phases.length > 0),
  )
  const [word, second] = words
  if (word === undefined) return reportNoKind(Object.keys(raw), phase, path, report, kinds)
  if (second !== undefined) {
    report(path, `One item does one thing, but here are ${words.join(' and ')}. Make an item of each.`)
    return undefined
  }
  const kind = kinds.find(each => each.name === word)
  const phases = PHASES.filter(each => kind?.phases.includes(each) || laterPhases(word).includes(each))
  if (!phases.includes(phase)) {
    report([...path, word], `${word} belongs to ${phases.join(', ')}, not to ${phase}.`, 'key')
    return undefined
  }
  return kind === undefined || laterPhases(word).includes(phase)
    ? parseLater(raw, word, path, source, report)
    : parseKind(raw, kind, phase, path, source, report)
}

function parseKind(
  raw: object,
  kind: Kind,
  phase: Phase,
  path: Path,
  source: Source,
  report: Report,
): Item | undefined {
  const schema = map({ [kind.name]: kind.value, ...kind.options, ...modifierKeys })
  const own = validate(schema, raw, path, source, report)
  const modifiers = validate(modifierSchema, raw, path, source, report)
  if (own === undefined || modifiers === undefined) return undefined
  let value: unknown = own[kind.name]
  if (kind.holds !== undefined && Array.isArray(value)) {
    const within = [...path, kind.name]
    value = value.map((each, at) => parseItem(each, phase, [...within, at], source, report, kind.holds))
    if (Array.isArray(value) && value.includes(undefined)) return undefined
  }
  const item: Item = {
    kind: kind.name,
    value,
    options: optionsOf(own, kind.name),
    ...modifiers,
    env: modifiers.env ?? [],
    position: source.position(path),
  }
  if (phase === 'switch' && item.severity === 'warn') {
    report([...path, 'severity'], 'What switches works or is undone: its severity cannot be warn.')
  }
  const problem = kind.problem?.(item, phase)
  if (problem !== undefined) report([...path, kind.name], problem, 'key')
  return problem === undefined ? item : undefined
}

/** The kind that is most at home in a phase. */
const exampleFor = (phase: Phase, kinds: readonly Kind[]): string =>
  kinds
    .filter(kind => kind.phases.includes(phase))
    .sort((a, b) => a.phases.length - b.phases.length)
    .at(0)?.name ?? 'run'

/** A kind that is only known by name: its value and options stay as they were written. */
function parseLater(raw: object, word: string, path: Path, source: Source, report: Report): Item | undefined {
  const modifiers = validate(modifierSchema, raw, path, source, report)
  if (modifiers === undefined) return undefined
  const own: Readonly<Record<string, unknown>> = { ...raw }
  return {
    kind: word,
    value: own[word],
    options: optionsOf(own, word),
    ...modifiers,
    env: modifiers.env ?? [],
    position: source.position(path),
  }
}

const optionsOf = (own: Readonly<Record<string, unknown>>, word: string) =>
  Object.fromEntries(Object.entries(own).filter(([key]) => key !== word && !Object.hasOwn(MODIFIERS, key)))

function reportNoKind(
  keys: readonly string[],
  phase: Phase,
  path: Path,
  report: Report,
  kinds: readonly Kind[],
): undefined {
  const here = [
    ...kinds.filter(kind => kind.phases.includes(phase)).map(({ name }) => name),
    ...(kinds === KINDS ? Object.keys(LATER).filter(word => LATER[word]?.includes(phase)) : []),
  ]
  const candidates = keys.filter(key => !Object.hasOwn(MODIFIERS, key))
  const slip = candidates.find(key => nearest(key, here) !== undefined) ?? candidates[0]
  if (slip === undefined) {
    report(path, `This item does nothing. Expected one of ${here.join(', ')}.`)
    return undefined
  }
  const elsewhere =
    nearest(slip, here) === undefined &&
    nearest(slip, [...WRITTEN.map(({ name }) => name), ...Object.keys(LATER)])
  const message =
    typeof elsewhere !== 'string'
      ? `Unknown kind.${hint(slip, here)}`
      : elsewhere === slip
        ? `${slip} cannot stand here. Known here: ${here.join(', ')}.`
        : `Unknown kind. Did you mean "${elsewhere}"? It cannot stand here; these can: ${here.join(', ')}.`
  report([...path, slip], message, 'key')
  return undefined
}
