import { describe, expect, test } from 'vitest'
import type { Action, Trigger } from '../../../src/runbook/triggers.ts'
import type { Reading } from '../../../src/watch/reading.ts'
import { keepWatch, spanOf, type TriggerState, type WatchOptions } from '../../../src/watch/watch.ts'
import type { Watched } from '../../../src/watch/watched.ts'

const POSITION = { file: 'rollbook.yml', line: 1, column: 1 }

const trigger = (seconds: number, action: Action = 'rollback'): Trigger => ({
  when: { metric: 'errors', above: 0.5 },
  for: seconds,
  action,
  position: POSITION,
})

/** A clock on which an hour is over at once. */
const makeClock = () => {
  let seconds = 0
  return {
    now: () => seconds * 1000,
    sleep: async (more: number, signal: AbortSignal) => {
      signal.throwIfAborted()
      seconds += more
    },
    seconds: () => seconds,
  }
}

interface Story {
  readonly all: readonly (readonly [Trigger, (at: number) => number | undefined])[]
  readonly span?: { readonly for: number; readonly every: number }
  readonly cancelAt?: number
}

/** Watches numbers that follow from the time, and says what was told on the way. */
const watched = async ({ all, span, cancelAt }: Story) => {
  const clock = makeClock()
  const cancel = new AbortController()
  const news: string[] = []
  let looks = 0
  const each = all.map(([one, valueAt], index): Watched => {
    return {
      trigger: one,
      title: `trigger ${index}`,
      source: `source ${index}`,
      async look() {
        looks += 1
        if (cancelAt !== undefined && clock.seconds() >= cancelAt) cancel.abort()
        const value = valueAt(clock.seconds())
        return { ...(value !== undefined && { value }), said: value === undefined ? 'no answer' : `${value}` }
      },
      sight: ({ value }: Reading) => (value === undefined ? 'unknown' : value > 0.5 ? 'holds' : 'clear'),
    }
  })
  const changed: WatchOptions['changed'] = (_, { watched: { title }, standing, firedAt }: TriggerState) => {
    const fired = firedAt === clock.seconds() ? ' and fires' : ''
    news.push(`${clock.seconds()} ${title} ${standing.sight}${fired}`)
  }
  const options = { span: span ?? { for: 600, every: 15 }, signal: cancel.signal, clock, changed }
  return { ...(await keepWatch(each, options)), news, looks }
}

const always = () => 1
const never = () => 0

describe('a watch', () => {
  test('that sees nothing goes on to its end, says nothing, and looks once at a time', async () => {
    const { end, seconds, news, looks } = await watched({ all: [[trigger(60), never]] })
    expect([end, seconds, news, looks]).toEqual(['over', 600, [], 41])
  })

  test('of hours costs a few thousand looks and no time', async () => {
    const { end, seconds } = await watched({
      all: [[trigger(3600), never]],
      span: { for: 6 * 3600, every: 15 },
    })
    expect([end, seconds]).toEqual(['over', 6 * 3600])
  })

  test('ends when a condition has held for its whole time, and no look earlier', async () => {
    const { end, seconds, by, news } = await watched({
      all: [[trigger(60), at => (at >= 100 ? 1 : 0)]],
    })
    expect([end, seconds]).toEqual(['rollback', 165])
    expect(by).toMatchObject({ standing: { held: 60 }, firedAt: 165 })
    expect(news).toEqual(['105 trigger 0 holds', '165 trigger 0 holds and fires'])
  })

  test('does not end by what comes and goes', async () => {
    const { end, news } = await watched({ all: [[trigger(60), at => ((at / 15) % 4 === 3 ? 0 : 1)]] })
    expect(end).toBe('over')
    expect(news.filter(line => line.endsWith('fires'))).toEqual([])
  })

  test('does not take no answer for a good one or a bad one, and says so once', async () => {
    const { end, news, states } = await watched({ all: [[trigger(60), () => undefined]] })
    expect(end).toBe('over')
    expect(states[0]?.standing).toMatchObject({ looks: 41, blind: 41 })
    expect(news).toEqual(['0 trigger 0 unknown'])
  })

  test('rolls back rather than asks, when both fire at once', async () => {
    const { end, by } = await watched({
      all: [
        [trigger(60, 'ask'), always],
        [trigger(60), always],
      ],
    })
    expect([end, by?.watched.title]).toEqual(['rollback', 'trigger 1'])
  })

  test('goes on after a warning, which comes again only when it begins anew', async () => {
    const { end, news } = await watched({
      all: [[trigger(60, 'watch'), at => (at === 300 ? 0 : at === 90 ? undefined : 1)]],
    })
    expect(end).toBe('over')
    expect(news.filter(line => line.endsWith('fires'))).toEqual([
      '60 trigger 0 holds and fires',
      '375 trigger 0 holds and fires',
    ])
  })

  test('follows to its end what holds when the time is over', async () => {
    const late = (from: number) => (at: number) => (at >= from ? 1 : 0)
    const fires = await watched({ all: [[trigger(120), late(555)]] })
    expect([fires.end, fires.seconds]).toEqual(['rollback', 675])
    const passes = await watched({ all: [[trigger(120), at => (at >= 555 && at < 630 ? 1 : 0)]] })
    expect([passes.end, passes.seconds]).toEqual(['over', 630])
    const begins = await watched({
      all: [
        [trigger(120), late(615)],
        [trigger(120), at => (at >= 555 && at < 630 ? 1 : 0)],
      ],
    })
    expect([begins.end, begins.seconds]).toEqual(['over', 630])
  })

  test('does not wait for ever for an answer of which it would depend', async () => {
    const { end, seconds } = await watched({
      all: [[trigger(120), at => (at < 590 ? (at >= 570 ? 1 : 0) : undefined)]],
      span: { for: 600, every: 15 },
    })
    expect(end).toBe('over')
    expect(seconds).toBeLessThanOrEqual(720)
  })

  test('ends at once when it is cancelled', async () => {
    const { end, seconds } = await watched({ all: [[trigger(60), never]], cancelAt: 45 })
    expect([end, seconds]).toEqual(['cancelled', 45])
  })
})

describe('where the runbook does not say how long and how often', () => {
  test.each([
    [[300, 60, 900, 1800], 1980, 15],
    [[20], 22, 5],
    [[2], 2.2, 0.5],
    [[0.2], 0.22, 0.1],
  ])('triggers of %j seconds: %f, every %f', (times, whole, every) => {
    const span = spanOf(
      {},
      times.map(each => trigger(each)),
    )
    expect(span.for).toBeCloseTo(whole)
    expect(span.every).toBe(every)
  })

  test('it counts what it says', () => {
    expect(spanOf({ for: 60, every: 1 }, [trigger(30)])).toEqual({ for: 60, every: 1 })
  })
})
