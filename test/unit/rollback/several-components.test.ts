import { describe, expect, test } from 'vitest'
import type { Component, Kind } from '../../../src/kind/kind.ts'
import type { SymlinkFacts } from '../../../src/release/facts.ts'
import type { Choice } from '../../../src/release/resolve.ts'
import { decide } from '../../../src/rollback/decide.ts'
import { makePlan } from '../../../src/rollback/plan.ts'
import { folder } from '../release/fixture.ts'
import { factsOf, kindOf, runbookOf, settingOf } from './fixture.ts'

const HOSTS = { 'web-1': 'deploy@web-1.example.com' }
const PHASES = {
  switch: [
    { restore: { files: ['/srv/app/.env'], from: { suffix: '.backup' } } },
    { git: { path: '/srv/app' } },
  ],
}

const choice = (from: string, to: string): Choice => ({
  from,
  to,
  alreadyThere: from === to,
  why: 'it was asked for',
  warnings: [],
  passedOver: [],
  candidates: [],
})

/** The real kinds, with components that answer what a test says. */
const answering =
  (answers: Readonly<Record<string, Choice>>) =>
  (name: string): Kind | undefined => {
    const kind = kindOf(name)
    const answer = answers[name]
    if (!kind?.component || !answer) return kind
    const component: Component = { ...kind.component, resolve: () => answer, data: () => ({}) }
    return { ...kind, component }
  }

function planned(answers: Readonly<Record<string, Choice>>, target = 'previous') {
  const setting = settingOf(runbookOf(PHASES, HOSTS), { target })
  const facts = [factsOf('web-1')]
  const kinds = answering(answers)
  const decision = decide(setting, facts, kinds)
  return { decision, plan: makePlan(setting, decision, facts, kinds).hosts[0] }
}

const titles = ({ plan }: ReturnType<typeof planned>) => plan?.steps.map(({ kind }) => kind)
const committed = ({ plan }: ReturnType<typeof planned>) =>
  plan?.ledger.committed.map(line => JSON.parse(`{${line}`) as { event: string; release: string })

describe('a rollback of several components', () => {
  test('is named by the one that goes to a release, and takes the others along', () => {
    const went = planned({ restore: choice('files-1', 'copies.backup'), git: choice('b1', 'a1') })
    expect(went.decision).toMatchObject({ from: 'b1', to: 'a1', unchanged: false })
    expect(titles(went)).toEqual(['restore', 'git'])
    expect(committed(went)?.map(({ event, release }) => [event, release])).toEqual([
      ['rolled-back', 'a1'],
      ['bad', 'b1'],
      ['hold', 'b1'],
    ])
  })

  test('leaves one alone that is where it is to go', () => {
    const went = planned({ restore: choice('copies.backup', 'copies.backup'), git: choice('b1', 'a1') })
    expect(titles(went)).toEqual(['git'])
    expect(titles(planned({ restore: choice('files-1', 'copies.backup'), git: choice('a1', 'a1') }))).toEqual(
      ['restore'],
    )
  })

  test('is refused when all of them are there already', () => {
    const idle = { restore: choice('copies.backup', 'copies.backup'), git: choice('a1', 'a1') }
    expect(() => planned(idle)).toThrow('a1, copies.backup is live already')
    expect(planned(idle, 'last-good').decision.unchanged).toBe(true)
  })
})

test('where nothing goes to a release, a target is refused by name', () => {
  const phases = { switch: [{ restore: { files: ['/srv/app/.env'], from: { suffix: '.backup' } } }] }
  const setting = settingOf(runbookOf(phases, HOSTS), { target: 'v1.2.3' })
  const kinds = answering({ restore: choice('files-1', 'copies.backup') })
  expect(() => decide(setting, [factsOf('web-1')], kinds)).toThrow('nothing in it goes to `v1.2.3`')
})

describe('a target that only one of several things knows', () => {
  const link = '/etc/nginx/aura/upstream.conf'
  const phases = {
    switch: [
      { git: { path: '/srv/app' } },
      { restore: { files: ['/srv/app/.env'], from: { suffix: '.backup' } } },
      { symlink: { link, choices: { api_v1: '/srv/v1.conf', api_v2: '/srv/v2.conf' } } },
    ],
  }
  const at = (live: string): SymlinkFacts =>
    folder('', { path: link, link: 'link', text: `/srv/${live}.conf`, resolved: `/srv/${live}.conf` })

  /** What git is asked for and goes to, and where the link goes. */
  function went(target: string, switches: readonly object[] = phases.switch) {
    const setting = settingOf(runbookOf({ switch: switches }, HOSTS), { target })
    let asked = ''
    const kinds = (name: string): Kind | undefined => {
      const kind = answering({ restore: choice('files-1', 'copies.backup') })(name)
      if (name !== 'git' || !kind?.component) return kind
      const resolve: Component['resolve'] = (_, __, wanted) => {
        asked = wanted
        return choice('b1', wanted)
      }
      return { ...kind, component: { ...kind.component, resolve } }
    }
    const { from, to, hosts } = decide(setting, [factsOf('web-1', at('v2'))], kinds)
    const choices = [...(hosts.get('web-1')?.choices ?? [])]
    return { asked, from, to, link: choices.find(([item]) => item.kind === 'symlink')?.[1].to }
  }

  test.each([
    ['v1.0.0', { asked: 'v1.0.0', from: 'b1', to: 'v1.0.0', link: 'api_v1' }],
    ['previous', { asked: 'previous', from: 'b1', to: 'previous', link: 'api_v1' }],
    ['api_v1', { asked: 'previous', from: 'api_v2', to: 'api_v1', link: 'api_v1' }],
  ])('%s: what it does not name comes along as without it', (target, expected) => {
    expect(went(target)).toEqual(expected)
  })

  test('a link alone is never sent where nobody has asked for', () => {
    expect(() => went('api_v3', phases.switch.slice(2))).toThrow("can't go to `api_v3`")
  })
})
