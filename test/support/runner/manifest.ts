import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { parse } from 'yaml'

/** A scalar of YAML: whatever its type, an action sees text. */
const Scalar = v.union([v.string(), v.number(), v.boolean(), v.null()])
const Manifest = v.object({
  inputs: v.optional(v.record(v.string(), v.nullable(v.object({ default: v.optional(Scalar) }))), {}),
  outputs: v.optional(v.record(v.string(), v.unknown()), {}),
  runs: v.object({
    using: v.picklist(['node20', 'node24']),
    main: v.string(),
    post: v.optional(v.string()),
    'post-if': v.optional(v.picklist(['always()', 'success()', 'failure()', 'cancelled()']), 'always()'),
    // This emulator has no `pre`; GitHub has none for local actions.
    pre: v.optional(v.never()),
  }),
})

/** The part of `action.yml` that decides how a JavaScript action runs. */
export type Manifest = v.InferOutput<typeof Manifest>

/** @param folder the one with `action.yml`. */
export const readManifest = async (folder: string): Promise<Manifest> =>
  v.parse(Manifest, parse(await readFile(join(folder, 'action.yml'), 'utf8')))

/** `${{ github.name }}` in a default becomes a value; any other expression is more than this emulator knows. */
const evaluate = (text: string, github: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{\{\s*(.*?)\s*\}\}/gs, (_, expression: string) => {
    const name = /^github\.([a-z_]+)$/.exec(expression)?.[1]
    if (name === undefined)
      throw new Error(`The emulated runner can't evaluate \`${expression}\` in action.yml`)
    return github[name] ?? ''
  })

export interface Inputs {
  /** By the name of the environment variable. */
  readonly env: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
}

/**
 * Every declared input becomes an `INPUT_…` variable, given or not; so does every other that was given, with a
 * warning. Spaces become `_`, letters become capitals, hyphens stay.
 */
export const resolveInputs = (
  manifest: Manifest,
  given: Readonly<Record<string, string>>,
  github: Readonly<Record<string, string>>,
): Inputs => {
  const variable = (name: string): string => `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`
  const declared = Object.entries(manifest.inputs).map(
    ([name, input]) => [variable(name), evaluate(String(input?.default ?? ''), github)] as const,
  )
  const valid = new Set(declared.map(([name]) => name))
  const unexpected = Object.keys(given).filter(name => !valid.has(variable(name)))
  const names = Object.keys(manifest.inputs).join("', '")
  return {
    env: Object.fromEntries([
      ...declared,
      ...Object.entries(given).map(([name, value]) => [variable(name), value]),
    ]),
    warnings:
      unexpected.length > 0
        ? [`Unexpected input(s) '${unexpected.join("', '")}', valid inputs are ['${names}']`]
        : [],
  }
}
