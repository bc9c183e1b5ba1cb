import { grouped } from '../grouped.ts'
import { count } from './amounts.ts'
import type { Log } from './log.ts'

/** Says of whatever takes long that it goes on, so that nobody takes a slow run for a dead one. */
export interface LongWatch {
  began(key: string, host: string, title: string): void
  /** The whole of which the others are parts: spoken of only while no part is under way. One at a time. */
  beganWhole(host: string, title: string): void
  /** It was seen to get on: that is told instead, every five seconds at first and then ever more rarely. */
  saw(key: string, words: string): void
  ended(key: string): void
  /** Nothing is known any more of what a host does. */
  lost(host: string): void
  close(): void
}

interface UnderWay {
  readonly host: string
  readonly title: string
  readonly since: number
  /** Milliseconds after which it is spoken of next. */
  next: number
  /** The same of what is seen to get on. */
  seen?: number
}

/** Milliseconds; the second word comes after twice as long, so that an hour takes ten lines. */
const FIRST = 5000

/** Of what is seen to get on, the next word comes after a tenth of the time that it took so far. */
const TENTH = 0.1

/** More hosts than this are counted in one line. */
const NAMED = 3

/** @param now milliseconds of a clock that only goes forward. */
export function watchLong(log: Log, now: () => number): LongWatch {
  const underWay = new Map<string, UnderWay>()
  let whole: UnderWay | undefined
  const begin = (host: string, title: string): UnderWay => ({ host, title, since: now(), next: FIRST })
  const look = () => {
    const watched = underWay.size > 0 || !whole ? [...underWay.values()] : [whole]
    const due = watched.filter(each => now() - each.since >= each.next)
    for (const each of due) while (now() - each.since >= each.next) each.next *= 2
    for (const [title, of] of grouped(due, each => each.title)) {
      const longest = Math.max(...of.map(each => now() - each.since))
      const hosts = [...new Set(of.map(each => each.host))]
      for (const host of hosts.length > NAMED ? [count(hosts.length, 'host')] : hosts)
        log.step(host, 'started', `${title}: still running`, Math.floor(longest / 1000) * 1000)
    }
  }
  const timer = setInterval(look, 1000)
  timer.unref()
  return {
    began: (key, host, title) => void underWay.set(key, begin(host, title)),
    beganWhole(host, title) {
      whole = begin(host, title)
    },
    saw(key, words) {
      const each = underWay.get(key)
      if (!each) return
      const took = now() - each.since
      if (took >= (each.seen ?? FIRST)) {
        log.step(each.host, 'started', words)
        each.seen = took + Math.max(FIRST, took * TENTH)
      }
      // That it still runs is news only when nothing is seen of it any more.
      each.next = Math.max(each.next, took + Math.max(2 * FIRST, 2 * took * TENTH))
    },
    ended: key => void underWay.delete(key),
    lost(host) {
      for (const [key, each] of underWay) if (each.host === host) underWay.delete(key)
    },
    close() {
      clearInterval(timer)
      underWay.clear()
      whole = undefined
    },
  }
}
