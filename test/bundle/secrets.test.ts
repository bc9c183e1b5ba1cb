import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesHolding } from '../support/files-holding.ts'
import { makeProduction } from '../support/production.ts'
import { BROKEN, connections, expectOutcome, expectRefusedUnseen, on, seen, told, WORSE } from './story.ts'

/** With everything in it that a shell, a runner or a page could stumble over. */
const API_TOKEN = 'tök"en\' $(id) `id` \\ %0A ::x:: \u{1f511} ends with blanks  '
const digest = createHash('sha256').update(API_TOKEN).digest('hex')
/** Writes the digest of the secret beside the site, to show that it has arrived. */
const proof = (path: string): string => `printf %s "$API_TOKEN" | sha256sum >${path}/proof`

const raw = (lines: readonly string[]): string =>
  lines.filter(line => !line.startsWith('::add-mask::')).join('\n')

test('a secret reaches the one script that may read it, and is nowhere afterwards', async () => {
  await using production = await makeProduction({
    machines: { web: BROKEN },
    runbook: ({ path }) => ({
      rollback: {
        start: [
          { run: proof(path), env: ['API_TOKEN'] },
          { run: `test -z "\${API_TOKEN-}" || echo it leaks >${path}/leak` },
        ],
      },
    }),
  })
  const [web] = production.machines
  const run = await production.run({}, { env: { API_TOKEN }, secrets: [] })
  expectOutcome(run, 'rolled-back')
  expect(await readFile(join(web.site.path, 'proof'), 'utf8')).toContain(digest)
  await expect(readFile(join(web.site.path, 'leak'))).rejects.toThrow('ENOENT')
  expect(told(run)).not.toContain('tök"en')
  expect(raw(run.rawLog)).not.toContain('tök"en')
  expect(filesHolding(web.ssh.home, 'tök"en')).toEqual([])
})

test('a script that prints its secret: it is masked wherever Rollbook tells of it', async () => {
  await using production = await makeProduction({
    machines: { web: WORSE },
    runbook: () => ({
      rollback: {
        start: [{ run: 'echo "the token is $API_TOKEN"; echo "$API_TOKEN" | base64', env: ['API_TOKEN'] }],
        diagnose: [{ run: 'echo "diagnosis: $API_TOKEN"', env: ['API_TOKEN'] }],
      },
    }),
  })
  const run = await production.run({}, { env: { API_TOKEN: 'hush-4711-hush' }, secrets: [] })
  expectOutcome(run, 'restored')
  expect(told(run)).toContain('the token is ***')
  expect(told(run)).toContain('diagnosis: ***')
  for (const form of ['hush-4711', Buffer.from('hush-4711-hush').toString('base64').slice(0, 16)]) {
    expect(told(run)).not.toContain(form)
    expect(raw(run.rawLog)).not.toContain(form)
  }
})

test('one of several checks may read a secret, too', async () => {
  await using production = await makeProduction({
    machines: { web: BROKEN },
    runbook: () => ({
      rollback: {
        verify: [{ any: [{ run: 'false' }, { run: 'test "$API_TOKEN" = open', env: ['API_TOKEN'] }] }],
      },
    }),
  })
  const run = await production.run({}, { env: { API_TOKEN: 'open' } })
  expectOutcome(run, 'rolled-back')
  expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
})

test('undo gives the scripts their secrets again', async () => {
  await using production = await makeProduction({
    machines: { web: BROKEN },
    runbook: ({ path }) => ({ rollback: { start: [{ run: proof(path), env: ['API_TOKEN'] }] } }),
  })
  const [web] = production.machines
  const job = { env: { API_TOKEN }, secrets: [] }
  expectOutcome(await production.run({}, job), 'rolled-back')
  const run = await production.run({ operation: 'undo' }, job)
  expectOutcome(run, 'undone')
  expect(await seen([web])).toEqual(on([web], '3'))
  expect(filesHolding(web.ssh.home, 'tök"en')).toEqual([])
})

test('a person on the host undoes with the secret at hand, and not half without it', async () => {
  await using production = await makeProduction({
    machines: { web: BROKEN },
    runbook: ({ path }) => ({ rollback: { start: [{ run: proof(path), env: ['API_TOKEN'] }] } }),
  })
  const [web] = production.machines
  const run = await production.run({}, { env: { API_TOKEN } })
  expectOutcome(run, 'rolled-back')
  const program = join(
    web.ssh.home,
    '.rollbook/shop/production/runs',
    run.outputs['run-id'] ?? '',
    'rollbook',
  )
  const undo = (env: Readonly<Record<string, string>>) =>
    spawnSync(program, ['undo'], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: web.ssh.home, ...env },
    })
  const without = undo({})
  expect(without.stdout).toContain('API_TOKEN=… ./rollbook undo')
  expect(without.status).toBe(1)
  expect(await seen([web])).toEqual(on([web], '2'))
  expect(await web.locked()).toBe(false)
  expect(undo({ API_TOKEN: 'given by hand' })).toMatchObject({ status: 0 })
  expect(await seen([web])).toEqual(on([web], '3'))
})

test('a secret that is not set: refused with its name and place, before any connection', async () => {
  await using production = await makeProduction({
    machines: { web: BROKEN },
    runbook: () => ({ rollback: { start: [{ run: 'true', env: ['API_TOKEN'] }] } }),
  })
  const run = await production.run({}, { env: { API_TOKEN: '' } })
  expectRefusedUnseen(run)
  expect(told(run)).toMatch(/rollbook\.yml:\d+:\d+ API_TOKEN/)
  expect(connections(production.machines)).toBe(0)
})
