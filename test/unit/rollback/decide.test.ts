import { describe, expect, test } from 'vitest'
import type { Component } from '../../../src/kind/kind.ts'
import { Refusal } from '../../../src/refusal.ts'
import { decide } from '../../../src/rollback/decide.ts'
import type { Setting } from '../../../src/rollback/setting.ts'
import { folder, ledger, thrownBy } from '../release/fixture.ts'
import { factsOf, kindOf, runbookOf, settingOf } from './fixture.ts'

const both = (one: string, two: string) => [factsOf('web-1', folder(one)), factsOf('web-2', folder(two))]
const decided = (setting: Setting, one: string, two: string) => decide(setting, both(one, two), kindOf)

describe('all hosts go to one release', () => {
  test('previous, the same on each', () => {
    const { from, to, unchanged, hosts } = decided(settingOf(runbookOf({})), '40 41 42*', '40 41 42*')
    expect({ from, to, unchanged }).toEqual({ from: '42', to: '41', unchanged: false })
    expect([...hosts].map(([host, { alreadyThere }]) => [host, alreadyThere])).toEqual([
      ['web-1', false],
      ['web-2', false],
    ])
  })

  test('one is there already: it stays, and `from` is what the other one leaves', () => {
    const setting = settingOf(runbookOf({}), { target: '41' })
    const { from, to, hosts } = decided(setting, '40 41* 42', '40 41 42*')
    expect({ from, to }).toEqual({ from: '42', to: '41' })
    expect(hosts.get('web-1')?.alreadyThere).toBe(true)
    expect(hosts.get('web-2')?.alreadyThere).toBe(false)
  })

  test('last-good is live on all: unchanged', () => {
    const setting = settingOf(runbookOf({}), { target: 'last-good' })
    const facts = both('41 42*', '41 42*').map(each => ({ ...each, ledger: ledger('good 42') }))
    expect(decide(setting, facts, kindOf)).toMatchObject({ unchanged: true, to: '42' })
  })

  test('a host that is the runner itself has nothing to say', () => {
    const hosts = { 'web-1': 'deploy@web-1.example.com', runner: 'local' }
    const facts = [factsOf('web-1', folder('41 42*')), factsOf('runner')]
    const { to, hosts: all } = decide(settingOf(runbookOf({}, hosts)), facts, kindOf)
    expect(to).toBe('41')
    expect(all.get('runner')).toMatchObject({ alreadyThere: false })
    expect(all.get('runner')?.choices.size).toBe(0)
  })
})

describe('no host goes anywhere', () => {
  test.each([
    ['they would go to different releases', '40 41 42*', '40 42*'],
    ['they stand on different ones', '40 41 42*', '40 41* 42'],
    ['one has no release to go to', '40 41 42*', '42*'],
  ])('%s: the refusal has a table with both', (_, one, two) => {
    const refusal = thrownBy(() => decided(settingOf(runbookOf({})), one, two))
    expect(refusal).toBeInstanceOf(Refusal)
    const rows = refusal instanceof Refusal ? refusal.table?.rows.flat().join(' ') : ''
    expect(rows).toMatch(/web-1.*web-2|web-2.*web-1/)
  })

  test('a host that says nothing of the folder is refused by its name', () => {
    const facts = [factsOf('web-1', folder('41 42*')), factsOf('web-2')]
    expect(() => decide(settingOf(runbookOf({})), facts, kindOf)).toThrow(/1 of 2 hosts/)
  })

  test('a mistake of ours is not dressed up as a refusal', () => {
    const broken = (name: string) => {
      const kind = kindOf(name)
      return kind?.component
        ? { ...kind, component: { ...kind.component, resolve: brokenOn('web-2', kind.component) } }
        : kind
    }
    expect(() => decide(settingOf(runbookOf({})), both('41 42*', '41 42*'), broken)).toThrow(TypeError)
  })
})

/** A component that stumbles over one host. */
const brokenOn =
  (host: string, { resolve }: Component): Component['resolve'] =>
  (item, facts, target) => {
    if (facts.host === host) throw new TypeError('ours')
    return resolve(item, facts, target)
  }

describe('a rollback that only runs scripts', () => {
  const scripts = runbookOf({ switch: [{ run: 'true', undo: 'true' }] })
  const facts = [factsOf('web-1'), factsOf('web-2')]

  test.each(['previous', 'last-good'])('nothing says which release is %s', target => {
    const refusal = thrownBy(() => decide(settingOf(scripts, { target }), facts, kindOf))
    expect(refusal).toMatchObject({ code: 'RB-TARGET-NEEDED' })
  })

  test('what was named is passed on as it is', () => {
    const decision = decide(settingOf(scripts, { target: 'v1.4.0' }), facts, kindOf)
    expect(decision).toMatchObject({ from: '', to: 'v1.4.0', unchanged: false })
    expect([...decision.hosts.keys()]).toEqual(['web-1', 'web-2'])
  })
})
