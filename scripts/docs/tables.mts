import { stringify } from 'yaml'
import type { Kind } from '../../src/kind/kind.ts'
import type { Input } from '../../src/request/inputs.ts'

/** What is read of `action.yml`. */
export interface Manifest {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>
  readonly outputs: Readonly<Record<string, { readonly description: string }>>
}

/** A Markdown table; a `|` in a cell would end the cell. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`.replaceAll('|  |', '| |')
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const code = (text: string): string => `\`${text}\``

/** The value of `inputs:` in `action.yml`, indented. */
export const manifestInputs = (inputs: readonly Input[]): string => {
  const entries = inputs.map(({ name, says, default: fallback }) => [
    name,
    { description: says, required: false, ...(fallback === undefined ? {} : { default: fallback }) },
  ])
  // The runner hands every input over as text, so `false` has to be written as text, too.
  return stringify(
    { inputs: Object.fromEntries(entries) },
    { lineWidth: 0, defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN' },
  ).trimEnd()
}

export const inputsTable = ({ inputs }: Manifest): string =>
  table(
    ['input', 'default', 'meaning'],
    Object.entries(inputs).map(([name, { description, default: fallback }]) => [
      code(name),
      fallback === undefined ? '' : code(fallback),
      description,
    ]),
  )

export const outputsTable = ({ outputs }: Manifest): string =>
  table(
    ['output', 'meaning'],
    Object.entries(outputs).map(([name, { description }]) => [code(name), description]),
  )

export const kindsTable = (kinds: readonly Kind[]): string =>
  table(
    ['kind', 'phases', 'what it does'],
    kinds.flatMap(({ name, phases, says }) =>
      phases.length === 0 ? [] : [[code(name), phases.join(', '), says]],
    ),
  )
