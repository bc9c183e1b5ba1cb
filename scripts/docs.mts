import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { KINDS } from '../src/kind/table.ts'
import { incidentMarkdown } from '../src/report/incident.ts'
import { INPUTS } from '../src/request/inputs.ts'
import { stories } from '../test/support/report-stories.ts'
import { between } from './docs/marks.mts'
import { subAction } from './docs/sub-action.mts'
import { inputsTable, kindsTable, type Manifest, manifestInputs, outputsTable } from './docs/tables.mts'

// Writes what the docs repeat of the code, or says with --check what is stale. One way: src/ → action.yml → README.md.

const root = resolve(import.meta.dirname, '..')
const check = process.argv.includes('--check')
const stale: string[] = []

/** Brings one page up to date, and returns its new text. */
const renew = async (page: string, change: (text: string) => string): Promise<string> => {
  const before = await readFile(join(root, page), 'utf8')
  const after = change(before)
  if (after === before) return after
  if (check) stale.push(page)
  else await writeFile(join(root, page), after)
  return after
}

const actionYml = await renew('action.yml', text => between(text, 'inputs', manifestInputs(INPUTS)))
await renew('actions/rollback/action.yml', () => subAction(actionYml, '../..'))
const manifest: Manifest = parse(actionYml)
await renew('README.md', text =>
  between(between(text, 'inputs', inputsTable(manifest)), 'outputs', outputsTable(manifest)),
)
await renew('docs/runbook.md', text => between(text, 'kinds', kindsTable(KINDS)))

await renew('docs/sample-report.md', () => incidentMarkdown(stories.incident))

const schema = spawnSync(
  process.execPath,
  [join(root, 'scripts/json-schema.mts'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
)

for (const page of stale) console.error(`${page} is stale. Mend it: npm run docs, then commit it.`)
process.exitCode = stale.length > 0 || schema.status !== 0 ? 1 : 0
