import * as v from 'valibot'
import { readDatabases } from '../database/read.ts'
import type { Host } from '../host/host.ts'
import { adoptDatabases } from './adopt.ts'
import { readAudit, reportAudit } from './audit.ts'
import { reportCircles } from './circles.ts'
import { entriesOf, propertyOf, readItems } from './draft.ts'
import { readDrills, reportDrills } from './drills.ts'
import { expandRollback, expandUse } from './expand.ts'
import { reportHazards } from './hazards.ts'
import { readHost, twin } from './hosts.ts'
import { readMetrics } from './metrics.ts'
import { reportMigrations } from './migrations.ts'
import { nameProblem } from './names.ts'
import { readNotify } from './notify.ts'
import { fieldOf, type Path, type Problem, type Report, RunbookInvalid } from './problem.ts'
import { reportReferences } from './references.ts'
import type { BatchSize, Environment, Runbook } from './runbook.ts'
import { runbookSchema } from './schema.ts'
import { readTriggers, reportTriggers } from './triggers.ts'
import { validate } from './validate.ts'
import { readYaml } from './yaml.ts'

const schema = runbookSchema(() => v.unknown())

/**
 * Reads a runbook. Pure: nothing is asked, neither a host nor the environment variables.
 *
 * @param file as the user knows it; it stands in every message.
 * @throws RunbookInvalid with all that is wrong; with the problems of the syntax alone where it can't be read at all.
 */
export function loadRunbook(text: string, file: string): Runbook {
  const { value, ...source } = readYaml(text, file)
  const problems: Problem[] = []
  const report: Report = (path, message, of) => {
    problems.push({ position: source.position(path, of), field: fieldOf(path), message })
  }

  reportHazards(value, report)
  const outline = validate(schema, value, [], source, report)
  const draft = readItems(value, source, report)
  const hosts = readHosts(value, report)
  reportReferences(value, draft, report)
  reportCircles(value, draft, report)
  reportMigrations(value, draft, report)
  reportAudit(value, report)
  reportTriggers(value, report)
  reportDrills(value, source, report)
  reportIdle(value, problems, report)
  if (outline === undefined || problems.length > 0) throw new RunbookInvalid(file, problems)
  const databases = readDatabases(outline.databases, (path, of) =>
    source.position(['databases', ...path], of),
  )
  const adopted = adoptDatabases(draft, databases, report)
  if (problems.length > 0) throw new RunbookInvalid(file, problems)

  const environments = Object.entries(outline.environments).map(([name, given]): [string, Environment] => [
    name,
    {
      name,
      url: given.url,
      hosts: hosts[name] ?? [],
      confirm: given.confirm,
      drills: given.drills,
      state: given.state ?? outline.state,
      onLostContact: given['on-lost-contact'],
      hold: given.hold,
      batches: given.batches as readonly BatchSize[] | undefined,
      allowMissing: given['allow-missing'],
      parallel: given.parallel,
    },
  ])
  const migrations = (name: string) => source.position(['rollbacks', name, 'migrations'], 'key')
  return {
    file,
    app: outline.app,
    environments: Object.fromEntries(environments),
    rollbacks: mapOf(outline.rollbacks, name => expandRollback(name, outline.rollbacks, adopted, migrations)),
    databases,
    metrics: readMetrics(outline.metrics, source.position),
    triggers: readTriggers(outline.triggers, source.position),
    watch: outline.watch,
    notify: readNotify(outline.notify),
    audit: outline.audit && readAudit(outline.audit),
    drills: readDrills(outline.drills, draft.checks, source),
    checks: mapOf(draft.checks, name => expandUse(draft.checks[name] ?? [], draft.checks)),
  }
}

const mapOf = <T>(names: object, of: (name: string) => T): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.keys(names).map(name => [name, of(name)]))

/** The hosts of each environment, as far as their addresses can be read. */
function readHosts(value: unknown, report: Report): Readonly<Record<string, readonly Host[]>> {
  const environments = entriesOf(value, 'environments').map(([environment, each]) => {
    const hosts: Host[] = []
    for (const [name, address] of entriesOf(each, 'hosts')) {
      if (typeof address !== 'string' || nameProblem(name) !== undefined) continue
      const path: Path = ['environments', environment, 'hosts', name]
      const host = readHost(address, name)
      if (typeof host === 'string') {
        report(path, host)
        continue
      }
      hosts.push(host)
      const other = twin(hosts)
      if (other !== undefined)
        report(path, `This is the same machine and user as ${other.name}. Keep one of the two.`)
    }
    return [environment, hosts] as const
  })
  return Object.fromEntries(environments)
}

/** A rollback that switches nothing would be green without having taken anything back. */
function reportIdle(value: unknown, problems: readonly Problem[], report: Report): void {
  for (const [name, rollback] of entriesOf(value, 'rollbacks')) {
    const path = ['rollbacks', name]
    // Whatever else is wrong with it, such as a misspelt key, is the likelier reason.
    if (problems.some(({ field }) => `${field}.`.startsWith(`${fieldOf(path)}.`))) continue
    const idle = ['switch', 'include'].every(key => propertyOf(rollback, key) === undefined)
    if (idle) report(path, 'This takes nothing back: it has neither switch nor include.', 'key')
  }
}
