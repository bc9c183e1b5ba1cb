import { isItem } from '../kind/item.ts'
import { type Draft, type DraftItems, entriesOf, propertyOf } from './draft.ts'
import { hint } from './nearest.ts'
import type { Path, Report } from './problem.ts'

interface Known {
  readonly hosts: readonly string[]
  readonly databases: readonly string[]
  readonly lists: readonly string[]
  readonly rollbacks: readonly string[]
}

/** Reports every name that names nothing. Reads the raw value, so that it works on a broken runbook, too. */
export function reportReferences(value: unknown, draft: Draft, report: Report): void {
  const environments = entriesOf(value, 'environments')
  const known: Known = {
    hosts: [...new Set(environments.flatMap(([, each]) => entriesOf(each, 'hosts').map(([name]) => name)))],
    databases: entriesOf(value, 'databases').map(([name]) => name),
    lists: entriesOf(value, 'checks').map(([name]) => name),
    rollbacks: entriesOf(value, 'rollbacks').map(([name]) => name),
  }
  const look: Look = (name, among, what, path) => {
    if (typeof name !== 'string' || among.includes(name)) return
    report(path, `There is no ${what} called ${JSON.stringify(name)}.${hint(name, among)}`)
  }

  for (const [name, each] of environments) {
    const missing = propertyOf(each, 'allow-missing')
    if (!Array.isArray(missing)) continue
    const own = entriesOf(each, 'hosts').map(([host]) => host)
    missing.forEach((one, at) => {
      look(one, own, 'host', ['environments', name, 'allow-missing', at])
    })
  }
  for (const [name, each] of entriesOf(value, 'databases')) {
    look(propertyOf(each, 'on'), known.hosts, 'host', ['databases', name, 'on'])
  }
  for (const [name, each] of entriesOf(value, 'rollbacks')) {
    look(propertyOf(each, 'escalate'), known.rollbacks, 'rollback', ['rollbacks', name, 'escalate'])
    const include = propertyOf(each, 'include')
    if (!Array.isArray(include)) continue
    include.forEach((one, at) => {
      look(one, known.rollbacks, 'rollback', ['rollbacks', name, 'include', at])
    })
  }
  for (const [name, items] of Object.entries(draft.checks)) lookIn(items, ['checks', name], known, look)
  for (const [name, phases] of Object.entries(draft.rollbacks)) {
    for (const [phase, items] of Object.entries(phases)) {
      lookIn(items, ['rollbacks', name, phase], known, look)
    }
  }
}

type Look = (name: unknown, among: readonly string[], what: string, path: Path) => void

function lookIn(items: DraftItems, path: Path, known: Known, look: Look): void {
  items.forEach((item, at) => {
    if (item === undefined) return
    const here = [...path, at]
    const { kind, value, options, on } = item
    look(on, known.hosts, 'host', [...here, 'on'])
    look(options.from, [...known.hosts, 'runner', 'host'], 'host', [...here, 'from'])
    if (kind === 'use') look(value, known.lists, 'list of checks', [...here, kind])
    const database = kind === 'database' ? value : propertyOf(value, 'database')
    look(
      database,
      known.databases,
      'database',
      kind === 'database' ? [...here, kind] : [...here, kind, 'database'],
    )
    if (Array.isArray(value)) {
      const held = value.map(each => (isItem(each) ? each : undefined))
      lookIn(held, [...here, kind], known, look)
    }
  })
}
