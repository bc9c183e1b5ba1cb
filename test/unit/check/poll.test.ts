import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../../src/check/expect.ts'
import { type Clock, poll } from '../../../src/check/poll.ts'

const ok: Verdict = { passed: true, detail: '200 OK', proof: 'weak' }
const bad: Verdict = { passed: false, detail: '502 Bad Gateway, wanted 200', proof: 'weak' }

/** A clock that jumps over every wait and keeps the waits. */
function jumping(): Clock & { readonly waits: number[] } {
  let time = 0
  const waits: number[] = []
  return {
    waits,
    now: () => time,
    sleep: async seconds => {
      waits.push(seconds)
      time += seconds * 1000
    },
    random: () => 0,
  }
}

/** Gives `verdicts` in turn, then the last one for ever. */
function inTurn(...verdicts: readonly Verdict[]) {
  let probes = 0
  const probe = async () => verdicts[Math.min(probes++, verdicts.length - 1)] ?? bad
  return { probe, probes: () => probes }
}

test('healthy at once: three probes in a row and no wait', async () => {
  const clock = jumping()
  const { probe, probes } = inTurn(ok)
  expect(await poll(probe, { clock })).toMatchObject({ state: 'passed', passed: true, attempts: 1, last: ok })
  expect(probes()).toBe(3)
  expect(clock.waits).toEqual([])
})

test('502 three times while the service starts, then fine: passes at the fourth try', async () => {
  const clock = jumping()
  const { probe, probes } = inTurn(bad, bad, bad, ok)
  const result = await poll(probe, { clock })
  expect(result).toMatchObject({ passed: true, attempts: 4, last: ok })
  expect(probes()).toBe(6)
  expect(clock.waits).toEqual([0.25, 0.5, 1])
  expect(result.history.map(look => look.passed)).toEqual([false, false, false, true, true, true])
})

test('never healthy: ten tries, waits that double up to five seconds, and the last thing seen', async () => {
  const clock = jumping()
  const { probe } = inTurn(bad)
  const result = await poll(probe, { clock })
  expect(result).toMatchObject({ state: 'failed', passed: false, attempts: 10, last: bad })
  expect(clock.waits).toEqual([0.25, 0.5, 1, 2, 4, 5, 5, 5, 5])
  expect(result.seconds).toBe(27.75)
})

test('a random part shortens a wait by a half at most', async () => {
  const clock = { ...jumping(), random: () => 0.999_999 }
  await poll(inTurn(bad).probe, { clock, attempts: 3 })
  expect(clock.waits[0]).toBeCloseTo(0.125)
  expect(clock.waits[1]).toBeCloseTo(0.25)
})

test('the runbook says how often and how many', async () => {
  const clock = jumping()
  const { probe, probes } = inTurn(bad)
  await poll(probe, { clock, attempts: 4, every: 5 })
  expect(clock.waits).toEqual([5, 5, 5])
  expect(probes()).toBe(4)
  expect((await poll(inTurn(ok).probe, { clock, attempts: 1, consecutive: 1 })).passed).toBe(true)
})

test('one good worker and one bad one answer by turns: inconclusive is no success', async () => {
  const clock = jumping()
  let n = 0
  const result = await poll(async () => (n++ % 2 === 0 ? ok : bad), { clock })
  expect(result).toMatchObject({ state: 'inconclusive', passed: false, attempts: 10 })
  expect(result.last).toEqual({
    passed: false,
    detail: 'inconclusive: 10 of 20 probes passed, never 3 in a row; last: 502 Bad Gateway, wanted 200',
    proof: 'weak',
  })
})

test('two passes and a failure begin again', async () => {
  const { probe, probes } = inTurn(ok, ok, bad, ok)
  expect((await poll(probe, { clock: jumping() })).attempts).toBe(2)
  expect(probes()).toBe(6)
})

test('only the last ten probes are kept', async () => {
  const result = await poll(inTurn(bad).probe, { clock: jumping(), attempts: 5000 })
  expect(result.attempts).toBe(5000)
  expect(result.history).toHaveLength(10)
})

describe('the deadline', () => {
  test('no wait begins that would end after it', async () => {
    const result = await poll(inTurn(bad).probe, { clock: jumping(), deadlineSeconds: 3 })
    expect(result).toMatchObject({ state: 'failed', attempts: 4 })
    expect(result.last.detail).toBe('502 Bad Gateway, wanted 200 (no time left of 3 s)')
  })

  test('a probe that hangs is cut off', async () => {
    let cut = false
    const hang = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => {
        cut = true
      })
      return new Promise<never>(() => {})
    }
    const result = await poll(hang, { deadlineSeconds: 0.1 })
    expect(result).toMatchObject({ state: 'failed', attempts: 1 })
    expect(result.seconds).toBeLessThan(10)
    expect(cut).toBe(true)
  })

  test('with no time at all nothing is looked at', async () => {
    const { probe, probes } = inTurn(ok)
    expect(await poll(probe, { deadlineSeconds: 0 })).toMatchObject({ passed: false, attempts: 0 })
    expect(probes()).toBe(0)
  })
})

describe('an abort', () => {
  test.each([
    ['while a probe hangs that does not listen', () => new Promise<never>(() => {})],
    ['during a wait', async () => bad],
  ])('%s ends it at once, without a verdict', async (_, probe) => {
    const abort = new AbortController()
    const polled = poll(probe, { signal: abort.signal, every: 60 })
    await new Promise(resolve => setTimeout(resolve, 30))
    const aborted = performance.now()
    abort.abort()
    expect(await polled).toMatchObject({ state: 'aborted', passed: false })
    expect(performance.now() - aborted).toBeLessThan(10_000)
  })

  test('before the start means that nothing is probed', async () => {
    const { probe, probes } = inTurn(ok)
    expect((await poll(probe, { signal: AbortSignal.abort() })).state).toBe('aborted')
    expect(probes()).toBe(0)
  })
})

test('a mistake of our own is not taken for a failing service', async () => {
  const mistake = new TypeError('bug')
  await expect(poll(() => Promise.reject(mistake))).rejects.toBe(mistake)
})
