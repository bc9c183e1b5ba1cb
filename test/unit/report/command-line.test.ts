import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forCommandLine } from '../../../src/report/command-line.ts'

test.each([
  [
    'When it may be deployed again: `operation: record`, `state: free`, `target: 42`, with a reason.',
    'When it may be deployed again: `rollbook record --state free --target 42 --reason …`.',
  ],
  [
    'lift the hold: `operation: record`, `state: free`, `target: *`, with a reason.',
    "lift the hold: `rollbook record --state free --target '*' --reason …`.",
  ],
  [
    'when that may go: `operation: record` with `state: free`, `target: 42` and a reason.',
    'when that may go: `rollbook record --state free --target 42 --reason …`.',
  ],
  [
    'Bring it to its end: `operation: unlock` with `run-id: 2026-x`. A rollback does so.',
    'Bring it to its end: `rollbook unlock --run-id 2026-x`. A rollback does so.',
  ],
  [
    'run it again with `confirm: fap-api, run anyway`.',
    "run it again with `--confirm 'fap-api, run anyway'`.",
  ],
  [
    'Bring them together: `operation: rollback` with `target: 42` or `target: 41`.',
    'Bring them together: `rollbook rollback --target 42` or `--target 41`.',
  ],
  ['Give the name of the release as `target`.', 'Give the name of the release as `--target`.'],
  [
    'keep covers 1 no longer: operation: prune removes them',
    'keep covers 1 no longer: rollbook prune removes them',
  ],
  ["`confirm: it's`", "`--confirm 'it'\\''s'`"],
  [
    '`php artisan migrate:status`, `targets`, target: 42',
    '`php artisan migrate:status`, `targets`, target: 42',
  ],
])('%s', (said, there) => {
  expect(forCommandLine(said)).toBe(there)
})

test('nothing that any message says is left in the words of a workflow', () => {
  const SRC = new URL('../../../src', import.meta.url).pathname
  const lines = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.endsWith('report/command-line.ts'))
    .flatMap(file => readFileSync(join(SRC, file), 'utf8').split('\n'))
    .map(line => line.replaceAll('\\`', '`'))
    .filter(line => /`(?:operation|state|target|run-id|confirm|reason)(?:: [^`]+)?`/.test(line))
  expect(lines.length).toBeGreaterThan(40)
  for (const line of lines)
    expect(forCommandLine(line)).not.toMatch(/`(?:operation|state|target|run-id|confirm|reason)(?:: [^`]+)?`/)
})
