import { describe, expect, test } from 'vitest'
import type { Component, Kind } from '../../../src/kind/kind.ts'
import type { Choice } from '../../../src/release/resolve.ts'
import { decide } from '../../../src/rollback/decide.ts'
import { makePlan } from '../../../src/rollback/plan.ts'
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
