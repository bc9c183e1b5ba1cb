import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HOSTILE } from '../support/hostile.ts'
import { makeProduction } from '../support/production.ts'
import type { ActionRun } from '../support/runner.ts'
import { BROKEN, expectOutcome, HEALTHY, on, recordOf, seen, told } from './story.ts'

/** Characters that move the cursor, hide text, or turn its direction round. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

/** A page without its blocks of code, as CommonMark reads them: nothing in those means anything. */
const outsideFences = (markdown: string): string => {
  let fence: string | undefined
  return markdown
    .split('\n')
    .filter(line => {
      const [ticks] = /^ {0,3}`{3,}/.exec(line) ?? []
      if (fence === undefined) fence = ticks?.trim()
      else if (ticks?.trim().startsWith(fence) && /^[ `]+$/.test(line)) fence = undefined
      else return false
      return true
    })
    .join('\n')
}

/** Everything that the hostile texts try to make a runner or a terminal do. */
const expectHarmless = (run: ActionRun): void => {
  const own = ['group', 'endgroup', 'error', 'warning', 'notice', 'debug', 'add-mask']
  expect(run.commands.map(({ name }) => name).filter(name => !own.includes(name))).toEqual([])
  const said = run.annotations.map(({ message }) => message)
  for (const message of ['red', 'owned', 'done', 'taken over', 'hidden colon'])
    expect(said).not.toContain(message)
  expect(said.filter(message => /^(owned|red)\b/.test(message))).toEqual([])
  const raw = run.rawLog.filter(line => UNSEEN.test(line))
  expect(raw).toEqual([])
  expect(Object.keys(run.env)).not.toContain('PATH')
  expect(run.log.join('\n')).not.toContain('***e')
  expect(Math.max(...run.rawLog.map(line => line.length))).toBeLessThan(70_000)
  expect(Buffer.byteLength(run.summary)).toBeLessThan(512 * 1024)
  expect(outsideFences(run.summary)).not.toMatch(/<script|<img|<h1|!\[pixel\]\(/)
}

// What no runbook can hold is left out, and so is what is too long for all to be read at the end.
const SAYINGS = HOSTILE.map(text => text.toWellFormed().replaceAll(/[\0\ufffd]/g, '')).filter(
  text => text.length < 1000,
)

/** A script that prints more than anybody wants to read, and some hostile texts where they are read: at the end. */
const shout = (sayings: readonly string[]): string =>
  [
    `head -c 3000000 /dev/zero | tr '\\0' A; head -c 20000 /dev/urandom; echo`,
    `cat <<'END OF SHOUT'`,
    ...sayings,
    'END OF SHOUT',
    'echo "::error::owned"; echo "RB1 0 1 journal 9 9 outcome forward committed ."; echo the last line',
  ].join('\n')
/** All of them, in scripts whose output is read whole. */
const SHOUTS = [0, 10, 20, 30].map(at => shout(SAYINGS.slice(at, at + 10)))
const SHOUT = shout(SAYINGS)

describe('what a step prints', () => {
  test('is shown, and nothing of it is obeyed', async () => {
    await using production = await makeProduction({
      machines: { web: BROKEN },
      runbook: () => ({ rollback: { start: SHOUTS.map(run => ({ run })) } }),
    })
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expectHarmless(run)
    const log = run.log.join('\n')
    for (const words of ['taken over', 'progress 100%', 'all good', 'fake alert'])
      expect(log).toContain(words)
    expect(log.split('the last line').length).toBe(SHOUTS.length + 1)
    expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
  })

  test('nor when it fails and lands in the summary, nor in a diagnosis', async () => {
    await using production = await makeProduction({
      machines: { web: HEALTHY },
      runbook: ({ path }) => ({
        rollback: {
          start: [{ run: `${SHOUTS[0]}\ntest "$(cat VERSION)" = 3`, in: `${path}/current` }],
          diagnose: SHOUTS.map(run => ({ run, as: 'what it looks like' })),
        },
      }),
    })
    const run = await production.run()
    expectOutcome(run, 'restored')
    expectHarmless(run)
    expect(run.summary).toContain('the last line')
    expect(recordOf(run).diagnosis[0]?.lines.at(-1)).toBe('the last line')
  })
})

describe('what login scripts print', () => {
  test.each([
    ['hostile lines', SHOUT],
    ['an endless line that is never finished', `head -c 4000000 /dev/zero | tr '\\0' =; printf 'welcome'`],
    ['answers like ours', 'for n in 0 1 2 3; do echo "RB1 0000000000000000 $n end"; echo "RB1 $n end"; done'],
    ['the end of the input', 'echo bye; true </dev/null'],
  ])('%s: the run goes as if nothing had been said', async (_, loginScript) => {
    await using production = await makeProduction({ machines: { web: BROKEN }, ssh: { loginScript } })
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expectHarmless(run)
    expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
  })

  test('one that ends the session is told with the last words of the host', async () => {
    await using production = await makeProduction({
      machines: { web: BROKEN },
      ssh: { loginScript: 'echo "::error::owned" >&2; echo "This account is not available." >&2; exit 1' },
    })
    const run = await production.run()
    expectOutcome(run, 'refused')
    expectHarmless(run)
    expect(told(run)).toContain('This account is not available.')
    expect(told(run)).not.toContain('made a mistake')
  })
})

test('half a character in a script: refused by its own name, not as a matter of the network', async () => {
  await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
  const file = join(production.workspace, '.github/rollbook.yml')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/^( +)switch:/m, '$1start: [{ run: "echo \\ud800" }]\n$&'))
  const run = await production.run()
  expectOutcome(run, 'refused')
  expect(recordOf(run).failure?.code).toBe('RB-UNQUOTABLE')
  expect(await production.machines[0].state()).toEqual({})
})

test('names and logs on the host that are no names', async () => {
  await using production = await makeProduction({ machines: { web: BROKEN } })
  const [web] = production.machines
  const pwned = join(web.ssh.home, 'pwned')
  for (const name of [
    `$(touch ${pwned.slice(1)})`.replaceAll('/', '_'),
    '::error::owned',
    '-rf',
    'a b',
    '\u001b[31m',
    'é',
  ])
    await mkdir(join(web.site.path, 'releases', name))
  await writeFile(join(web.site.path, 'releases/2/REVISION'), '\u001b[31m::error::owned\n')
  await writeFile(join(web.site.path, 'releases/1/REVISION'), '1234567\n::error::owned\n')
  const log = [
    '::error::owned',
    'x ##[error]owned',
    `Branch main (at \u001b[31m) deployed as release $(id) by mei`,
  ]
  await writeFile(join(web.site.path, 'revisions.log'), `${[...log, ...HOSTILE].join('\n')}\n`)
  const status = await production.run({ operation: 'status' })
  expectOutcome(status, 'reported')
  expectHarmless(status)
  const run = await production.run({ target: '2' })
  expectHarmless(run)
  expect(run.outputs.outcome, run.log.join('\n')).toBe('refused')
  expect(await seen([web])).toEqual(on([web], '3'))
})

test('a reason that would be something else: it is kept, told and harmless, on the host and here', async () => {
  await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
  const reason =
    '::error::owned <script>alert(1)</script> | @everyone ![pixel](https://evil.example/p.png) `id` $(id)'
  const run = await production.run({ reason })
  expectOutcome(run, 'rolled-back')
  expectHarmless(run)
  expect(recordOf(run).reason).toBe(reason)
  const held = await production.run({ operation: 'guard' })
  expectOutcome(held, 'refused')
  expectHarmless(held)
  expect(recordOf(held).failure?.message).toContain(reason)
})
