import * as v from 'valibot'
import { urlProblem } from '../check/http.ts'
import { databasesSchema } from '../database/schema.ts'
import type { Phase } from '../kind/item.ts'
import { duration, flag, line, list, map, named, oneOf, text, textOf } from '../kind/shape.ts'
import { auditSchema } from './audit.ts'
import { drillsSchema } from './drills.ts'
import { metricsSchema } from './metrics.ts'
import { migrationsSchema } from './migrations.ts'
import { nameProblem } from './names.ts'
import { notifySchema } from './notify.ts'
import { pathProblem } from './paths.ts'
import { triggersSchema, watchSchema } from './triggers.ts'

const name = (expected: string) => textOf(expected, nameProblem)
const names = list(
  name('Expected the name of a rollback.'),
  'Expected a list of rollbacks, such as [image, database].',
)
const hold = v.optional(oneOf(['release', 'all', 'none']))
const onLostContact = v.optional(oneOf(['keep', 'undo']))
const statePath = v.optional(textOf('Expected the absolute path of a folder.', pathProblem))

/** A number of hosts, or a share of all. */
const batch = v.union(
  [v.pipe(v.number(), v.integer(), v.minValue(1)), v.pipe(v.string(), v.regex(/^(?:[1-9]\d?|100)%$/))],
  'Expected a number of hosts, such as 1, or a share of all, such as 25%.',
)

const environment = map({
  url: v.optional(textOf('Expected a URL such as https://shop.example.com.', given => urlProblem(given))),
  // The addresses themselves are read by `parseHost`, which has the better words.
  hosts: v.pipe(
    named(nameProblem, text('Expected user@address, or local.')),
    v.minEntries(1, 'Expected at least one host, such as web-1: deploy@web-1.example.com.'),
  ),
  confirm: v.optional(line),
  drills: v.optional(flag, false),
  state: statePath,
  'on-lost-contact': onLostContact,
  hold,
  batches: v.optional(list(batch, 'Expected a list such as [1, 25%, 100%].')),
  'allow-missing': v.optional(
    list(
      textOf('Expected the name of a host.', nameProblem),
      'Expected a list of names of hosts, such as [web-3].',
    ),
  ),
  parallel: v.optional(
    v.pipe(
      v.number('Expected a number from 1 to 100.'),
      v.integer('Expected a whole number.'),
      v.minValue(1, 'Expected a number from 1 to 100.'),
      v.maxValue(100, 'Expected a number from 1 to 100.'),
    ),
  ),
})

/**
 * The runbook from its top down to the phases; what an item may look like is up to `item`, because the loader looks at
 * items one by one, and the JSON Schema lists them all.
 */
export function runbookSchema<I extends v.GenericSchema>(item: (phase: Phase) => I) {
  const phase = (which: Phase) => v.optional(list(item(which), 'Expected a list of items.'))
  const rollback = map({
    title: v.optional(line),
    rto: v.optional(duration),
    confirm: v.optional(line),
    'data-loss': v.optional(flag),
    escalate: v.optional(name('Expected the name of a rollback.')),
    include: v.optional(names),
    hold,
    'on-lost-contact': onLostContact,
    migrations: v.optional(migrationsSchema),
    backup: phase('backup'),
    stop: phase('stop'),
    switch: phase('switch'),
    start: phase('start'),
    verify: v.optional(
      v.union(
        [name('Expected the name of a list of checks.'), list(item('verify'), 'Expected a list of checks.')],
        'Expected a list of checks, or the name of one.',
      ),
    ),
    resume: phase('resume'),
    diagnose: phase('diagnose'),
  })
  return map({
    app: name('Expected the name of the app.'),
    state: statePath,
    environments: v.pipe(
      named(nameProblem, environment),
      v.minEntries(1, 'Expected at least one environment.'),
    ),
    databases: v.optional(databasesSchema, {}),
    checks: v.optional(named(nameProblem, list(item('verify'), 'Expected a list of checks.')), {}),
    rollbacks: v.pipe(named(nameProblem, rollback), v.minEntries(1, 'Expected at least one rollback.')),
    metrics: v.optional(metricsSchema),
    triggers: v.optional(triggersSchema),
    watch: v.optional(watchSchema, {}),
    notify: v.optional(notifySchema),
    drills: v.optional(drillsSchema(item('verify'))),
    audit: v.optional(auditSchema),
  })
}
