import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { afterAll, expect, test } from 'vitest'

// The rules of biome.json for imports, each tried on files that break it and on files that don't.

const root = resolve(import.meta.dirname, '../..')

interface Imports {
  readonly may: readonly string[]
  readonly mayNot: readonly string[]
}

const FILES: Readonly<Record<string, Imports>> = {
  'src/main.ts': { may: ['@actions/core', './rollback/rollback.ts', './host/open.ts'], mayNot: ['ssh2'] },
  'src/post.ts': { may: ['@actions/core'], mayNot: ['@actions/exec'] },
  'src/cli.ts': { may: ['./operation/plan.ts'], mayNot: ['@actions/core', 'node-ssh'] },
  'src/request/read.ts': { may: ['@actions/core'], mayNot: ['@actions/github'] },
  'src/request/validate.ts': { may: ['../runbook/load.ts'], mayNot: ['@actions/core'] },
  'src/github/a.ts': { may: ['@actions/github'], mayNot: ['@actions/core', '../main.ts'] },
  'src/report/a.ts': {
    may: ['@actions/core', '../outcome.ts'],
    mayNot: ['@actions/github', '../main.ts'],
  },
  'src/rollback/a.ts': {
    may: ['../engine/plan.ts', '../kind/table.ts', '../report/log.ts'],
    mayNot: ['../cli.ts', '../request/read.ts', '@actions/core'],
  },
  'src/operation/a.ts': {
    may: ['../rollback/plan.ts', '../request/request.ts'],
    mayNot: ['../request/read.ts', '../github/a.ts', '../post.ts'],
  },
  'src/drill/a.ts': {
    may: ['../engine/session.ts', '../release/drill-mark.ts', '../outcome.ts', '../report/amounts.ts'],
    mayNot: ['../operation/drill-runs.ts', '../rollback/look.ts', '../request/request.ts', '@actions/core'],
  },
  'src/watch/a.ts': {
    may: ['../check/poll.ts', '../runbook/triggers.ts', '../outcome.ts'],
    mayNot: ['../github/a.ts', '../request/read.ts', '@actions/core'],
  },
  'src/notify/a.ts': {
    may: ['../operation/listener.ts', '../report/told.ts', '../check/poll.ts'],
    mayNot: ['../github/a.ts', '../cli.ts', '@actions/core'],
  },
  'src/component/a.ts': { may: ['../release/facts.ts'], mayNot: ['../operation/plan.ts'] },
  'src/service/a.ts': { may: ['../engine/plan.ts'], mayNot: ['../report/log.ts'] },
  'src/migrations/a.ts': {
    may: ['../engine/greeting.ts', '../release/fact-line.ts', '../runbook/runbook.ts'],
    mayNot: ['../rollback/plan.ts', '../report/log.ts', '@actions/core'],
  },
  'src/check/a.ts': { may: ['../outcome.ts', '../kind/kind.ts'], mayNot: ['../rollback/two-phases.ts'] },
  'src/backup/a.ts': { may: ['../host/quote.ts'], mayNot: ['../rollback/plan.ts'] },
  'src/database/a.ts': { may: ['../kind/shape.ts'], mayNot: ['../rollback/plan.ts', '../request/read.ts'] },
  'src/leaving/a.ts': {
    may: ['../engine/greeting.ts', '../release/fact-line.ts'],
    mayNot: ['../rollback/look.ts', '../operation/left.ts', '../report/left-words.ts'],
  },
  'src/step/a.ts': { may: ['../kind/kind.ts'], mayNot: ['../request/read.ts'] },
  'src/diagnose/a.ts': { may: ['../kind/kind.ts'], mayNot: ['../report/log.ts'] },
  'src/kind/a.ts': { may: ['../step/run.ts'], mayNot: ['../rollback/plan.ts'] },
  'src/release/a.ts': { may: ['../runbook/names.ts'], mayNot: ['../main.ts'] },
  'src/serving/a.ts': {
    may: ['../engine/greeting.ts', '../release/fact-line.ts'],
    mayNot: ['../rollback/serving.ts', '../report/serving-words.ts', '@actions/core'],
  },
  'src/runbook/a.ts': { may: ['../kind/table.ts', 'yaml'], mayNot: ['../github/a.ts'] },
  'src/engine/a.ts': {
    may: ['../host/channel.ts', '../kind/item.ts'],
    mayNot: ['../kind/table.ts', '../release/facts.ts', '../report/log.ts', 'ssh2'],
  },
  'src/engine/program/a.ts': { may: ['../../host/quote.ts'], mayNot: ['../../check/http.ts'] },
  'src/host/a.ts': {
    may: ['../refusal.ts'],
    mayNot: ['../engine/plan.ts', '../kind/item.ts', 'node-ssh', 'ssh2', '@actions/exec'],
  },
  'src/host/ssh.ts': { may: ['node-ssh', 'ssh2'], mayNot: ['@actions/exec', '../engine/plan.ts'] },
  'src/host/local.ts': { may: ['@actions/exec'], mayNot: ['ssh2', '../rollback/plan.ts'] },
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rollbook-imports-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the linter once over all files, one import a line, and says what it refused in which file. */
const refused = (): ReadonlyMap<string, string[]> => {
  copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'))
  for (const [file, { may, mayNot }] of Object.entries(FILES)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true })
    writeFileSync(join(folder, file), [...may, ...mayNot].map(from => `export * from '${from}'\n`).join(''))
  }
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const args = ['lint', '--only=style/noRestrictedImports', '--reporter=github', '--max-diagnostics=none']
  const { stdout } = spawnSync(process.execPath, [biome, ...args], { cwd: folder, encoding: 'utf8' })
  const found = new Map<string, string[]>()
  for (const [, path = '', line] of stdout.matchAll(/^::error .*?file=([^,]+),line=(\d+),/gm)) {
    const file = relative(folder, path).split(sep).join('/')
    const { may, mayNot } = FILES[file] ?? { may: [], mayNot: [] }
    found.set(file, [...(found.get(file) ?? []), [...may, ...mayNot][Number(line) - 1] ?? ''])
  }
  return found
}

const found = refused()

test.each(Object.entries(FILES))('%s imports only what its layer may', (file, { mayNot }) => {
  expect(found.get(file)?.sort()).toEqual(mayNot.toSorted())
})
