import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Bench, makeBench } from './fixture.ts'

const sha = (digit: number): string => String(digit).repeat(40)
const nameCommits = async ({ site }: Bench): Promise<void> => {
  for (const name of ['1', '2', '3'])
    await writeFile(join(site.path, 'releases', name, 'REVISION'), `${sha(Number(name))}\n`)
}
const guard = (bench: Bench, commit: string, target = '') =>
  bench.ask({ operation: 'guard', target }, { commit })

test('where nothing ever happened, everything is clear', async () => {
  await using bench = await makeBench()
  expect(await guard(bench, sha(4))).toMatchObject({ outcome: 'clear' })
  expect(await guard(bench, '')).toMatchObject({ outcome: 'clear' })
})

describe('after a rollback', () => {
  test.each([
    ['the commit that was left', sha(3), '', 'refused'],
    ['the same, shortened', sha(3).slice(0, 7), '', 'refused'],
    ['the release that was left', '', '3', 'refused'],
    ['another commit', sha(4), '', 'clear'],
    ['the release that is live now', '', '2', 'clear'],
    ['nobody says what', '', '', 'refused'],
  ])('%s', async (_, commit, target, outcome) => {
    await using bench = await makeBench()
    await nameCommits(bench)
    await bench.ask({ reason: 'checkout answers 500' })
    const report = await guard(bench, commit, target)
    expect(report.outcome).toBe(outcome)
    if (outcome === 'refused') {
      expect(report.failure?.message).toContain('checkout answers 500')
      expect(report.failure?.remedy.join()).toMatch(/`state: free`, `target: 3`/)
    }
  })

  test('a release of which nobody knows the commit could be anything: it stops every commit', async () => {
    await using bench = await makeBench()
    await bench.ask()
    expect(await guard(bench, sha(4))).toMatchObject({ outcome: 'refused' })
  })
})

test('a release that was recorded as bad is known by its commit as well, until it is freed', async () => {
  await using bench = await makeBench()
  await nameCommits(bench)
  await bench.ask({ operation: 'record', state: 'bad', target: '2' })
  for (const [commit, target] of [
    [sha(2), ''],
    ['', '2'],
    ['', sha(2).slice(0, 9)],
  ] as const)
    expect(await guard(bench, commit, target), `${commit} ${target}`).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-ON-HOLD', message: expect.stringContaining('bad') },
    })
  expect(await guard(bench, sha(1))).toMatchObject({ outcome: 'clear' })
  await bench.ask({ operation: 'record', state: 'free', target: '2', reason: 'it was the network' })
  expect(await guard(bench, sha(2))).toMatchObject({ outcome: 'clear' })
})

test('while somebody has the lock, whatever is deployed', async () => {
  await using bench = await makeBench()
  await mkdir(bench.state, { mode: 0o700 })
  const boot = '00000000-0000-0000-0000-000000000000'
  await symlink(`v1:20261120T141058Z-3f9a2c:${boot}:1:1`, join(bench.state, 'lock'))
  const report = await guard(bench, sha(4))
  expect(report).toMatchObject({ outcome: 'refused', failure: { code: 'RB-LOCK-HELD' } })
  expect(report.failure?.remedy.join()).toContain('`run-id: 20261120T141058Z-3f9a2c`')
})
