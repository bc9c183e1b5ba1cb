import { describe, expect, test } from 'vitest'
import type { HostPlan, Step } from '../../../src/engine/plan.ts'
import { KINDS } from '../../../src/kind/table.ts'
import { plannedScripts, plannedSteps } from '../../../src/operation/planned.ts'

const kindOf = (name: string) => KINDS.find(kind => kind.name === name)

const step = (more: Partial<Step>): Step => ({
  number: 1,
  kind: 'run',
  phase: 'start',
  title: 'artisan',
  data: {},
  timeout: 60,
  severity: 'fail',
  secrets: [],
  inner: false,
  position: { file: 'rollbook.yml', line: 1, column: 1 },
  ...more,
})

const plan = (host: string, ...steps: Step[]): HostPlan => ({
  host,
  stateFolder: '/s',
  run: 'r1',
  app: 'shop',
  environment: 'production',
  rollback: 'release',
  from: '42',
  to: '41',
  reason: '',
  url: '',
  hosts: 2,
  onLostContact: 'decide',
  silence: 30,
  ledger: { committed: [], kept: [], undone: [] },
  steps,
})

const one = (more: Partial<Step>) => plannedSteps([plan('web-1', step(more))], kindOf)[0]

describe('a step of a plan', () => {
  test.each([
    [{ phase: 'backup', kind: 'files' }, 'nothing: the backup is kept'],
    [{ phase: 'stop' }, 'the same again, on the way back'],
    [
      { phase: 'switch', kind: 'symlink', data: { link: '/srv/current', before: 'releases/42' } },
      'point /srv/current at releases/42 again',
    ],
    [{ phase: 'switch', data: { script: 'a', undo: 'b' } }, 'run its undo script'],
    [{ phase: 'verify', kind: 'http' }, 'nothing: it only looks'],
    [{ phase: 'resume' }, 'nothing: it runs when everything is verified'],
    [{ phase: 'diagnose', kind: 'tail' }, 'nothing: it runs only when something failed'],
  ] as const)('%j is taken back by: %s', (more, undo) => {
    expect(one(more)?.undo).toBe(undo)
  })

  test('shows its data, but no patience that it does not have', () => {
    const once = { attempts: '1', consecutive: '1', every: '-' }
    expect(one({ data: { script: 'x', undo: '', ...once } })?.data).toEqual({ script: 'x' })
    expect(one({ phase: 'verify', data: { script: 'x', ...once } })?.data).toEqual({ script: 'x' })
    expect(
      one({ phase: 'verify', kind: 'http', data: { url: 'u', attempts: '10', consecutive: '3', every: '-' } })
        ?.data,
    ).toEqual({ url: 'u', attempts: '10', consecutive: '3', every: 'with growing pauses' })
  })

  test('that is one of several alternatives is marked', () => {
    expect(one({ inner: true })?.inner).toBe(true)
    expect(one({})).not.toHaveProperty('inner')
  })
})

test('each script is there once, however many steps and hosts use it', () => {
  const hosts = ['web-1', 'web-2'].map(name =>
    plan(name, step({ kind: 'symlink', phase: 'switch' }), step({}), step({})),
  )
  const scripts = plannedScripts(hosts, kindOf)
  expect(scripts.map(({ kind }) => kind)).toEqual(['symlink', 'run'])
  expect(scripts[0]?.text).toContain('symlink_undo()')
})
