import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The rules of biome.json for imports, each tried on a file that breaks it and on one that does not.

const root = resolve(import.meta.dirname, '../..')
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')

const FORBIDDEN: readonly (readonly [file: string, from: string])[] = [
  ['src/host/a.ts', '../engine/plan.ts'],
  ['src/host/b.ts', '../kind/item.ts'],
  ['src/host/c.ts', 'node-ssh'],
  ['src/host/d.ts', 'ssh2'],
  ['src/host/e.ts', '@actions/exec'],
  ['src/host/ssh.ts', '../engine/plan.ts'],
  ['src/host/local.ts', 'ssh2'],
  ['src/engine/a.ts', '../kind/table.ts'],
  ['src/engine/b.ts', '../rollback/plan.ts'],
  ['src/engine/c.ts', '../report/log.ts'],
  ['src/engine/program/d.ts', '../../release/facts.ts'],
  ['src/check/a.ts', '../rollback/travel.ts'],
  ['src/component/a.ts', '../operation/plan.ts'],
  ['src/service/a.ts', '../report/log.ts'],
  ['src/kind/a.ts', '../request/read.ts'],
  ['src/release/a.ts', '../main.ts'],
  ['src/runbook/a.ts', '../github/runbook-source.ts'],
  ['src/rollback/a.ts', '../cli.ts'],
  ['src/rollback/b.ts', '@actions/core'],
  ['src/operation/a.ts', '../request/read.ts'],
  ['src/operation/b.ts', '../github/runbook-source.ts'],
  ['src/report/a.ts', '../main.ts'],
  ['src/report/b.ts', '@actions/github'],
  ['src/request/validate.ts', '@actions/core'],
  ['src/github/a.ts', '@actions/core'],
  ['src/cli.ts', '@actions/core'],
  ['src/main.ts', 'ssh2'],
]

const ALLOWED: readonly (readonly [file: string, from: string])[] = [
  ['src/host/f.ts', '../refusal.ts'],
  ['src/host/ssh.ts', 'ssh2'],
  ['src/host/local.ts', '@actions/exec'],
  ['src/engine/e.ts', '../host/channel.ts'],
  ['src/engine/f.ts', '../kind/item.ts'],
  ['src/check/b.ts', '../engine/plan.ts'],
  ['src/check/c.ts', '../rollback/outcome.ts'],
  ['src/rollback/c.ts', '../report/log.ts'],
  ['src/operation/c.ts', '../rollback/plan.ts'],
  ['src/report/c.ts', '@actions/core'],
  ['src/request/read.ts', '@actions/core'],
  ['src/github/b.ts', '@actions/github'],
  ['src/main.ts', './rollback/rollback.ts'],
  ['src/post.ts', '@actions/core'],
]

let folder = ''
let found: ReadonlySet<string> = new Set()

/** Each pair is a file of its own, in a folder of its own, so that one file can be tried with several imports. */
const place = (at: number, file: string): string => join(String(at), file)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollbook-imports-'))
  for (const [at, [file, from]] of [...FORBIDDEN, ...ALLOWED].entries()) {
    mkdirSync(join(folder, dirname(place(at, file))), { recursive: true })
    copyFileSync(join(root, 'biome.json'), join(folder, String(at), 'biome.json'))
    writeFileSync(join(folder, place(at, file)), `export { it } from '${from}'\n`)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
