import { expect, test } from 'vitest'
import type { Chronicle } from '../../../src/rollback/chronicle.ts'
import type { FleetRun, Word } from '../../../src/rollback/fleet-run.ts'
import type { HostRun, HostState } from '../../../src/rollback/host-run.ts'
import { runTwoPhases } from '../../../src/rollback/two-phases.ts'

type Hears = Partial<Record<Word, (state: HostState) => void>>

/** A host that does at once what it is told, or what a story has it do instead. */
function host(name: string, steps: readonly string[] = [], instead: Hears = {}): HostRun & { heard: Word[] } {
  const state = { phase: 'new', outcome: undefined, lost: undefined, stuck: false } as HostState
  const heard: Word[] = []
  const does: Hears = {
    switch: its => Object.assign(its, { phase: 'switched' }),
    resume: its => Object.assign(its, { resumed: true }),
    commit: its => Object.assign(its, { outcome: 'committed' }),
    undo: its => Object.assign(its, { outcome: its.phase === 'prepared' ? 'refused' : 'undone' }),
    ...instead,
  }
  const waiting = new Set<() => void>()
  const look = () => {
    for (const each of waiting) each()
  }
  return {
    heard,
    state,
    plan: { host: name, hosts: 3, onLostContact: 'decide', steps: steps.map(phase => ({ phase })) },
    direction: 'forward',
    tell(word: Word) {
      if (word !== 'alive') heard.push(word)
      does[word]?.(state)
      look()
    },
    toldToLook: () => false,
    toldToSwitch: () => heard.includes('switch'),
    until: (_: string, reached: (its: HostState) => boolean) =>
      new Promise<void>(resolve => {
        const done = () => {
          if (reached(state) || state.outcome !== undefined) resolve()
        }
        waiting.add(done)
        done()
      }),
  } as unknown as HostRun & { heard: Word[] }
}

const SILENT = new Proxy({}, { get: () => () => ({}) }) as Chronicle

const run = (runs: readonly HostRun[], batches?: readonly number[]) =>
  runTwoPhases({
    setting: {
      environment: { hosts: [], batches },
      remember() {},
      cancelled: new AbortController().signal,
    },
    plan: { checks: [], variables: {} },
    runs,
    chronicle: SILENT,
    checksDecide: true,
    serves: () => [],
    begin: async (each: HostRun) => void Object.assign(each.state, { phase: 'prepared' }),
  } as unknown as FleetRun)

const letsGoAlone: Hears = { switch: state => Object.assign(state, { outcome: 'refused' }) }

test('one host lets go when the others have switched: they go back, and it alone is named', async () => {
  const [a, b, c] = [host('web-1'), host('web-2'), host('web-3', [], letsGoAlone)]
  const { outcome, failure } = await run([a, b, c])
  expect(outcome).toBe('restored')
  expect([a.heard, b.heard]).toEqual([
    ['switch', 'undo'],
    ['switch', 'undo'],
  ])
  expect(failure?.message).toContain('web-3')
  expect(failure?.message).not.toContain('web-1')
  expect(failure?.message).not.toContain('Nothing was changed')
})

test('in a later batch, too: those before it go back, those behind it were never touched', async () => {
  const [a, b, c] = [host('web-1'), host('web-2', [], letsGoAlone), host('web-3')]
  const { outcome } = await run([a, b, c], [1, 2])
  expect(outcome).toBe('restored')
  expect([a.heard, c.heard]).toEqual([['switch', 'undo'], ['undo']])
})

test('every host lets go before it has switched: nothing was changed anywhere', async () => {
  const { outcome } = await run([host('web-1', [], letsGoAlone), host('web-2', [], letsGoAlone)])
  expect(outcome).toBe('refused')
})

test('a host that went back before its services were resumed takes the others back with it', async () => {
  const wentBack: Hears = { resume: state => Object.assign(state, { outcome: 'undone' }) }
  const [a, b] = [host('web-1', ['resume']), host('web-2', ['resume'], wentBack)]
  const { outcome } = await run([a, b])
  expect(outcome).toBe('restored')
  expect(a.heard).toEqual(['switch', 'resume', 'undo'])
})

test('all of them: switched, resumed, committed', async () => {
  const runs = [host('web-1', ['resume']), host('web-2')]
  expect(await run(runs)).toEqual({ outcome: 'there' })
  expect(runs.map(({ heard }) => heard)).toEqual([
    ['switch', 'resume', 'commit'],
    ['switch', 'commit'],
  ])
})
