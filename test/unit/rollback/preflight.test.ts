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

test('from where to where, on how many hosts, and why', () => {
  let logged = ''
  const log = plainLog({ write: text => (logged += text) }, new Masker())
  const setting = settingOf(runbookOf({}), { reason: 'checkout answers 500', log })
  const { preflight: lines, from, to } = told(setting, '40 41 42*', '40 41 42*')
  expect(logged).toContain('42 → 41 on web-1 and web-2, because: checkout answers 500')
  expect(lines).toEqual([
    'web-1 and web-2: 41 is the newest complete release older than 42 (order: their names)',
    'web-1: 3.0 GiB free at /srv/app',
    'web-1 and web-2: no lock, and no deploy under way',
  ])
  expect({ from, to }).toEqual({ from: '42', to: '41' })
})

test('each host with its choice, the reason for it, and what was passed over', () => {
  const one = { hosts: { 'web-1': 'deploy@web-1.example.com' } }
  const report = told(settingOf(runbookOf({}, one.hosts)), '40@aaaaaaa 41@bbbbbbb! 42@ccccccc*')
  expect(report.preflight.join('\n')).toMatch(/web-1: 40 is the newest complete release older than 42/)
  expect(report.preflight).toContain('web-1: passed over 41: it is marked BAD_RELEASE by Deployer')
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

test('what the decision warns of is a warning of the run', () => {
  const { warnings } = told(settingOf(runbookOf({}), { target: '41' }), '40 41! 42*', '40 41! 42*')
  expect(warnings.join('\n')).toMatch(/41.*BAD_RELEASE/)
})

test('what else every host could go to is known, for when this does not work', () => {
  const { alternatives } = told(settingOf(runbookOf({})), '38 39 40! 41 42*', '37 38 40! 41 42*')
  expect(alternatives).toEqual(['38'])
})
