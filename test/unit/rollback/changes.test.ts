import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { ChecklistReport } from '../../../src/outcome.ts'
import { type Changes, type FindChanges, tellChanges } from '../../../src/rollback/changes.ts'
import { decide } from '../../../src/rollback/decide.ts'
import { folder } from '../release/fixture.ts'
import { chronicleOf, factsOf, kindOf, runbookOf, settingOf } from './fixture.ts'

const ONE = { 'web-1': 'deploy@web-1.example.com' }

/** What the checklist says of the changes between these releases, when the repository answers so. */
async function told(
  releases: string,
  findChanges: FindChanges,
  ended = (watch: ReturnType<typeof tellChanges>): unknown => watch.told,
): Promise<readonly ChecklistReport[] | undefined> {
  const setting = settingOf(runbookOf({}, ONE), { findChanges })
  const chronicle = chronicleOf(setting)
  const decision = decide(setting, [factsOf('web-1', folder(releases))], kindOf)
  await ended(tellChanges(setting, decision, chronicle))
  return chronicle.close('planned').checklist
}

const commit = (subject: string, side: 'taken-back' | 'brought-in' = 'taken-back') => ({
  commit: '9f2c1e7aa01b4f6f8a4f1f0fd1a7a6f0d7c55a10',
  subject,
  side,
})
const answer = (changes: Partial<Changes>): FindChanges =>
  vi.fn(() => Promise.resolve({ takenBack: 0, broughtIn: 0, commits: [], ...changes }))

test('what is taken back is named, from the commit that was live to the one that is wanted', async () => {
  const find = answer({ takenBack: 2, commits: [commit('Split orders'), commit('Add channel')] })
  expect(await told('41@aaaaaaa 42@bbbbbbb*', find)).toEqual([
    {
      what: 'changes',
      said: '41 lacks 2 commits that 42 has',
      items: ['9f2c1e7 Split orders', '9f2c1e7 Add channel'],
    },
  ])
  expect(find).toHaveBeenCalledWith('bbbbbbb', 'aaaaaaa', expect.any(AbortSignal))
})

test('histories that parted are told in both directions, and what is not shown is counted', async () => {
  const find = answer({ takenBack: 30, broughtIn: 1, commits: [commit('a'), commit('b', 'brought-in')] })
  expect(await told('41@aaaaaaa 42@bbbbbbb*', find)).toMatchObject([
    {
      said: '41 lacks 30 commits that 42 has; 41 has 1 commit that 42 lacks (2 shown)',
      items: ['lacks 9f2c1e7 a', 'has 9f2c1e7 b'],
    },
  ])
})

test('the subject of a commit is anybody’s text', async () => {
  const evil = '\u001b[31m::error::x\n##[group]'.repeat(100)
  const [line] =
    (await told('41@aaaaaaa 42@bbbbbbb*', answer({ takenBack: 1, commits: [commit(evil)] }))) ?? []
  for (const each of ['\u001b', '\n', '##[']) expect(line?.items?.[0]).not.toContain(each)
  expect(line?.items?.[0]?.length).toBeLessThan(130)
})

test.each([
  ['41 42*', 'not known: 42 and 41 have no `REVISION`'],
  ['41@aaaaaaa 42@aaaaaaa*', 'none: both are `aaaaaaa`'],
  ['41@main 42@bbbbbbb*', 'not known: `main` in `REVISION` is not a commit'],
])('%s: nobody is asked', async (releases, said) => {
  const find = answer({})
  expect(await told(releases, find)).toEqual([{ what: 'changes', said }])
  expect(find).not.toHaveBeenCalled()
})

test('a repository that can’t be read costs one quiet line', async () => {
  const find = () => Promise.reject(new Error('GitHub does not know both of them'))
  expect(await told('41@aaaaaaa 42@bbbbbbb*', find)).toEqual([
    { what: 'changes', said: 'not known: GitHub does not know both of them' },
  ])
})

test('a run that is over waits for nobody, and nothing is told afterwards', async () => {
  let cut: AbortSignal | undefined
  const find: FindChanges = async (_from, _to, signal) => {
    cut = signal
    await sleep(60_000, undefined, { signal, ref: false })
    throw new Error('never')
  }
  const lines = await told('41@aaaaaaa 42@bbbbbbb*', find, watch => watch.stop())
  expect(lines).toEqual([{ what: 'changes', said: 'not known: the repository did not answer in time' }])
  expect(cut?.aborted).toBe(true)
})
