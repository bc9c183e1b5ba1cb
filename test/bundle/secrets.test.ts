import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesHolding } from '../support/files-holding.ts'
import { makeProduction } from '../support/production.ts'
import { BREAKABLE, breaking } from './breaking.ts'
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

test('a host that was taken over asks for the secret of another: undo does not give it', async () => {
  await using production = await makeProduction({
    machines: { 'web-1': BROKEN, 'web-2': BROKEN },
    runbook: () => ({
      rollback: {
        start: [
          { run: 'true', on: 'web-1' },
          { run: 'test "$API_TOKEN" = hush-4711-hush', on: 'web-2', env: ['API_TOKEN'] },
        ],
      },
    }),
  })
  const [web] = production.machines
  const job = { env: { API_TOKEN: 'hush-4711-hush' }, secrets: [] }
  const run = await production.run({}, job)
  expectOutcome(run, 'rolled-back')
  const folder = join(web.ssh.home, '.rollbook/shop/production/runs', run.outputs['run-id'] ?? '')
  const rewrite = async (name: string, change: (text: string) => string) => {
    const path = join(folder, name)
    await writeFile(path, change(await readFile(path, 'utf8')))
  }
  await rewrite('plan.json', text => text.replaceAll('"secrets": []', '"secrets": ["API_TOKEN"]'))
  await rewrite('rollbook', text =>
    text.replace('\nset -u\n', `\nset -u\ncp -r "\${0%/*}" ${web.ssh.home}/stolen\n`),
  )
  expectOutcome(await production.run({ operation: 'undo' }, job), 'undone')
  expect(await readFile(join(web.ssh.home, 'stolen/plan.json'), 'utf8')).toContain('API_TOKEN')
  expect(filesHolding(web.ssh.home, 'hush-4711')).toEqual([])
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

test('several in one variable: each reaches the script that may read it, and none is shown', async () => {
  await using production = await makeProduction({
    machines: { web: BROKEN },
    runbook: ({ path }) => ({
      rollback: {
        start: [
          { run: proof(path), env: ['API_TOKEN'] },
          { run: `env | grep -c 4711 >${path}/count; echo "$OTHER"`, env: ['OTHER'] },
        ],
      },
    }),
  })
  const [web] = production.machines
  const RUNBOOK_SECRETS = `API_TOKEN=${API_TOKEN}\nOTHER<<END\nfirst-4711-line\nsecond line\nEND\nNOBODY=4711-asks-for-it\n`
  const reason = 'somebody has pasted 4711-asks-for-it here'
  const run = await production.run({ reason }, { env: { RUNBOOK_SECRETS }, secrets: [] })
  expectOutcome(run, 'rolled-back')
  expect(told(run)).toContain('somebody has pasted *** here')
  expect(await readFile(join(web.site.path, 'proof'), 'utf8')).toContain(digest)
  // Of the two that have the number, the script has the one that it may read.
  expect(await readFile(join(web.site.path, 'count'), 'utf8')).toBe('1\n')
  for (const part of ['tök"en', 'first-4711-line', '4711-asks-for-it', 'RUNBOOK_SECRETS']) {
    expect(told(run)).not.toContain(part)
    expect(raw(run.rawLog)).not.toContain(part)
    expect(filesHolding(web.ssh.home, part)).toEqual([])
  }
})

test('several in one variable, of which one line is wrong: refused by its number, before any connection', async () => {
  await using production = await makeProduction({ machines: { web: BROKEN } })
  const RUNBOOK_SECRETS = 'API_TOKEN=hush-4711\nhush-4712\nGITHUB_API_URL=hush-4713'
  const run = await production.run({}, { env: { RUNBOOK_SECRETS }, secrets: [] })
  expectRefusedUnseen(run)
  expect(told(run)).toContain('RB-RUNBOOK-SECRETS')
  expect(told(run)).toMatch(/line 2: expected NAME=value.*line 3: its name means something/s)
  expect(told(run)).not.toContain('hush')
  expect(raw(run.rawLog)).not.toContain('hush')
  expect(connections(production.machines)).toBe(0)
})

test('a drill that is killed: the post step has the secrets of the runbook, too', async () => {
  await using production = await makeProduction({
    machines: { web: BREAKABLE },
    runbook: described => ({
      environment: { drills: true },
      rollback: { start: [{ run: 'test "$API_TOKEN" = hush-4711', env: ['API_TOKEN'] }] },
      top: { drills: { monthly: [breaking(described)] } },
    }),
  })
  const run = await production.run(
    { operation: 'drill' },
    {
      env: { RUNBOOK_SECRETS: 'API_TOKEN=hush-4711' },
      secrets: [],
      until: line => (line.includes('rollback · Look') ? 'SIGKILL' : undefined),
    },
  )
  expect(run.sent, run.log.join('\n')).toEqual(['SIGKILL'])
  expect(run.post?.exitCode, run.log.join('\n')).toBe(0)
  expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
}, 120_000)
