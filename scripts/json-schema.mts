// Writes schema/rollbook.schema.json, by which editors complete and check a runbook; with --check it only compares.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { argv, exit } from 'node:process'
import { fileURLToPath } from 'node:url'
import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { PHASES, type Phase } from '../src/kind/item.ts'
import type { Kind } from '../src/kind/kind.ts'
import { LATER } from '../src/kind/later.ts'
import { MODIFIERS } from '../src/kind/modifiers.ts'
import { KINDS } from '../src/kind/table.ts'
import { runbookSchema } from '../src/runbook/schema.ts'

const FILE = fileURLToPath(new URL('../schema/rollbook.schema.json', import.meta.url))

/** The runbook as a JSON Schema (draft 2020-12): its outline, and an `anyOf` of kinds for the items of each phase. */
export function runbookJsonSchema(kinds: readonly Kind[]): object {
  // Each phase is a schema of its own that the converter meets and replaces by a reference.
  const marks = new Map<v.GenericSchema, Phase>(PHASES.map(phase => [v.looseObject({}), phase]))
  const markOf = (wanted: Phase): v.GenericSchema => {
    for (const [mark, phase] of marks) if (phase === wanted) return mark
    throw new Error(`no such phase: ${wanted}`)
  }
  const outline = toJsonSchema(runbookSchema(markOf), {
    typeMode: 'input',
    errorMode: 'ignore',
    target: 'draft-2020-12',
    overrideSchema: ({ valibotSchema }) => {
      const phase = [...marks].find(([mark]) => mark === valibotSchema)?.[1]
      return phase === undefined ? undefined : { $ref: `#/$defs/${phase}-item` }
    },
  })
  const items = PHASES.map(phase => [
    `${phase}-item`,
    {
      anyOf: [
        ...kinds.filter(kind => kind.phases.includes(phase)).map(itemJsonSchema),
        ...Object.keys(LATER)
          .filter(name => LATER[name]?.includes(phase))
          .map(laterJsonSchema),
      ],
    },
  ])
  return { title: 'Runbook of Rollbook', ...outline, $defs: Object.fromEntries(items) }
}

const options = { typeMode: 'input', errorMode: 'ignore', target: 'draft-2020-12' } as const

function itemJsonSchema(kind: Kind): JsonSchema {
  const { $schema: _, ...item } = toJsonSchema(
    v.strictObject({ [kind.name]: kind.value, ...kind.options, ...MODIFIERS }),
    options,
  )
  const value = item.properties?.[kind.name]
  if (typeof value === 'object') {
    value.description = kind.says
    if (kind.holds !== undefined) value.items = { anyOf: kind.holds.map(itemJsonSchema) }
  }
  return item
}

/** A kind that the format knows and this version can't run yet: an editor should not call it wrong. */
function laterJsonSchema(name: string): JsonSchema {
  const { $schema: _, ...item } = toJsonSchema(v.looseObject({ [name]: v.unknown(), ...MODIFIERS }), options)
  return item
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const text = `${JSON.stringify(runbookJsonSchema(KINDS), null, 2)}\n`
  if (argv.includes('--check')) {
    if (readFileSync(FILE, 'utf8') !== text) {
      console.error(
        'schema/rollbook.schema.json is not what the sources say. Run: node scripts/json-schema.mts',
      )
      exit(1)
    }
  } else {
    mkdirSync(new URL('../schema/', import.meta.url), { recursive: true })
    writeFileSync(FILE, text)
  }
}
