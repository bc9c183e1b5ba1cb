import { expect, test } from 'vitest'
import type { RunReport } from '../../../src/outcome.ts'
import { plainLog } from '../../../src/report/log.ts'
import { Masker } from '../../../src/report/mask.ts'
import { decide } from '../../../src/rollback/decide.ts'
import { preflight } from '../../../src/rollback/preflight.ts'
import type { Setting } from '../../../src/rollback/setting.ts'
import { folder } from '../release/fixture.ts'
import { chronicleOf, factsOf, kindOf, runbookOf, settingOf } from './fixture.ts'

const told = (setting: Setting, one: string, two?: string): RunReport => {
  const facts = [
    factsOf('web-1', folder(one, { freeBytes: 3 * 1024 ** 3 })),
    ...(two === undefined ? [] : [factsOf('web-2', folder(two))]),
  ]
  const chronicle = chronicleOf(setting)
  preflight(setting, decide(setting, facts, kindOf), facts, chronicle)
  return chronicle.close('planned')
}

/** The lines of the checklist, each with its topic in front. */
const linesOf = ({ checklist = [] }: RunReport): string[] =>
  checklist.map(({ what, said }) => `${what}: ${said}`)

test('from where to where, on how many hosts, why, and who wanted it', () => {
  let logged = ''
  const log = plainLog({ write: text => (logged += text) }, new Masker())
  const setting = settingOf(runbookOf({}), { reason: 'checkout answers 500', log })
  const report = told(setting, '40 41 42*', '40 41 42*')
  expect(logged).toMatch(/^target {6}web-1 and web-2: 42 → 41$/m)
  expect(linesOf(report)).toEqual([
    'target: web-1 and web-2: 42 → 41',
    'why: web-1 and web-2: 41 is the newest complete release older than 42 (order: their names)',
    'releases: web-1 and web-2: 42 (live), 41 (target), 40',
    'disk: web-1: 3.0 GiB free at /srv/app',
    'locks: web-1 and web-2: no lock, and no deploy under way',
    'approvals: production, asked by mei; the runbook asks for no phrase',
    'reason: checkout answers 500',
  ])
  expect(report).toMatchObject({ from: '42', to: '41' })
})

test('each host with its choice, the reason for it, and what was passed over', () => {
  const one = { hosts: { 'web-1': 'deploy@web-1.example.com' } }
  const report = told(settingOf(runbookOf({}, one.hosts)), '40@aaaaaaa 41@bbbbbbb! 42@ccccccc*')
  expect(linesOf(report)).toEqual(
    expect.arrayContaining([
      'target: web-1: 42 (`ccccccc`) → 40 (`aaaaaaa`)',
      'why: web-1: 40 is the newest complete release older than 42 (order: their names)',
      'why: web-1: passed over 41: it is marked BAD_RELEASE by Deployer',
      'releases: web-1: 42 (live), 41 (bad), 40 (target)',
    ]),
  )
  expect(report.hosts).toEqual([
    {
      name: 'web-1',
      from: '42',
      to: '40',
      live: '42',
      state: 'untouched',
      fromCommit: 'ccccccc',
      liveCommit: 'ccccccc',
      toCommit: 'aaaaaaa',
      why: '40 is the newest complete release older than 42 (order: their names)',
      passedOver: [{ name: '41', why: 'is marked BAD_RELEASE by Deployer' }],
      freeBytes: 3 * 1024 ** 3,
    },
  ])
})

test('of many releases the last ten are shown, and the target wherever it is', () => {
  const many = Array.from({ length: 15 }, (_, at) => `${at + 1}`)
  const report = told(settingOf(runbookOf({}), { target: '2' }), `${many.join(' ')}*`, `${many.join(' ')}*`)
  expect(linesOf(report)).toContain(
    'releases: web-1 and web-2: 15 (live), 14, 13, 12, 11, 10, 9, 8, 7, 6, …, 2 (target); 5 older',
  )
})

test.each([
  ['plan', undefined, 'a rollback still asks for `back in production` and `I know`'],
  [
    'rollback',
    'back in production, I know, run anyway',
    'confirmed with `back in production` and `I know` and `run anyway`',
  ],
])('the phrases that %s was asked for and given', (operation, confirm, said) => {
  const runbook = runbookOf({ confirm: 'I know' }, undefined, { confirm: 'back in production' })
  const report = told(settingOf(runbook, { operation, confirm, actor: '' }), '40 41 42*', '40 41 42*')
  expect(linesOf(report)).toContain(`approvals: production, asked by somebody unnamed; ${said}`)
  expect(linesOf(report)).toContain('reason: none was given')
})

test('what the decision warns of is a warning of the run', () => {
  const { warnings } = told(settingOf(runbookOf({}), { target: '41' }), '40 41! 42*', '40 41! 42*')
  expect(warnings.join('\n')).toMatch(/41.*BAD_RELEASE/)
})

test('what else every host could go to is known, for when this does not work', () => {
  const { alternatives } = told(settingOf(runbookOf({})), '38 39 40! 41 42*', '37 38 40! 41 42*')
  expect(alternatives).toEqual(['38'])
})
