import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ACTION, makeProduction } from '../support/production.ts'
import type { ActionRun } from '../support/runner.ts'
import { connections, expectRefusedUnseen, HEALTHY, recordOf } from './story.ts'

const FOLDER = join(ACTION, 'examples/runbooks')

/** Every rollback of every example, in the first environment of its file. */
const ROLLBACKS = readdirSync(FOLDER).flatMap(file => {
  const { environments, rollbacks } = parse(readFileSync(join(FOLDER, file), 'utf8'))
  return Object.keys(rollbacks).map(rollback => [file, rollback, Object.keys(environments)[0] ?? ''] as const)
})

test('there are five examples', () => {
  expect(new Set(ROLLBACKS.map(([file]) => file)).size).toBe(5)
  expect(ROLLBACKS.length).toBeGreaterThan(10)
})

/** Runbooks of which all can be run: as they stand, something else is asked for before any host is. */
const SUPPORTED: Readonly<Record<string, string>> = {
  'aura-flow.yml': 'RB-SECRET-NOT-SET',
  'fap-api.yml': 'RB-SECRET-NOT-SET',
  'ssalgten.yml': 'RB-CONFIRM',
}

/** Rollbacks that ask for nothing: they go to the host, which has nothing of what they are about. */
const GOES: readonly string[] = ['aura-flow.yml image', 'aura-flow.yml nginx', 'aura-flow.yml upstream']
const goes = (file: string, rollback: string): boolean => GOES.includes(`${file} ${rollback}`)

async function runExample(
  file: string,
  rollback: string,
  environment: string,
  looked: (run: ActionRun, text: string, connected: number) => void,
): Promise<void> {
  await using production = await makeProduction({ machines: { one: HEALTHY, two: HEALTHY } })
  // As it stands, but for the addresses: a connection that should not be made can be counted.
  const ports = production.machines.map(({ ssh }) => ssh.port)
  const original = readFileSync(join(FOLDER, file), 'utf8')
  let next = 0
  const text = original.replace(/deploy@[\w.-]+/g, () => `deploy@127.0.0.1:${ports[next++ % ports.length]}`)
  expect(next).toBeGreaterThan(0)
  mkdirSync(join(production.workspace, 'ops'))
  writeFileSync(join(production.workspace, 'ops', file), text)
  const { key, inputs } = production
  const run = await production.run({
    runbook: `ops/${file}`,
    rollback,
    environment,
    'ssh-private-key': key.private,
    'known-hosts': inputs['known-hosts'] ?? '',
    // What describes a set-up without a runbook.
    ...Object.fromEntries(['app', 'hosts', 'path', 'smoke'].map(name => [name, ''])),
  })
  looked(run, text, connections(production.machines))
}

test.each(ROLLBACKS.filter(([file, rollback]) => goes(file, rollback)))(
  '%s, rollback %s: all of it is supported, and the host says what it lacks before anything is changed',
  (file, rollback, environment) =>
    runExample(file, rollback, environment, (run, _, connected) => {
      expect(run.outputs.outcome).toBe('refused')
      expect(recordOf(run).failure?.code).not.toBe('RB-KIND-NOT-SUPPORTED')
      expect(run.log.join('\n')).toContain('Nobody is told by the webhook ALERT_WEBHOOK')
      expect(connected).toBe(1)
    }),
)

test.each(ROLLBACKS.filter(([file, rollback]) => file in SUPPORTED && !goes(file, rollback)))(
  '%s, rollback %s: all of it is supported; what is asked for first is asked before any host',
  (file, rollback, environment) =>
    runExample(file, rollback, environment, (run, _, connected) => {
      expect(recordOf(run).failure?.code).toBe(SUPPORTED[file])
      expect(connected).toBe(0)
    }),
)

test.each(ROLLBACKS.filter(([file]) => !(file in SUPPORTED)))(
  '%s, rollback %s: what is missing is named with its place, and no host is contacted',
  (file, rollback, environment) =>
    runExample(file, rollback, environment, (run, text, connected) => {
      expectRefusedUnseen(run)
      expect(recordOf(run).failure?.code).toBe('RB-KIND-NOT-SUPPORTED')
      const [said = '', ...places] = recordOf(run).failure?.message.split('\n') ?? []
      const lines = text.split('\n')
      expect(places.length).toBeGreaterThan(0)
      for (const place of places) {
        const [, line = '', column = '', kind = ''] = /^ops\/[\w-]+\.yml:(\d+):(\d+) (.+)$/.exec(place) ?? []
        // `databases: backups.include` stands where `include` does.
        const word = kind.startsWith('databases: ') ? kind.split(/[:. ]+/).at(-1) : kind.split(':')[0]
        expect(lines[Number(line) - 1]?.slice(Number(column) - 1)).toMatch(new RegExp(`^${word}\\b`))
        expect(said).toContain(kind)
      }
      expect(connected).toBe(0)
    }),
)
