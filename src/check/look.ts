import * as v from 'valibot'
import type { HostPatience } from '../kind/patience.ts'
import { duration, text, whole } from '../kind/shape.ts'
import type { Surroundings } from '../kind/surroundings.ts'
import type { Patience } from './poll.ts'
import { isLoopback } from './url.ts'

/** From where and how patiently a check looks: the same words for every kind of check. */
export const LOOK = {
  from: v.optional(text('Expected runner, host, or the name of a host.')),
  attempts: v.optional(whole(1, 1000)),
  every: v.optional(duration),
  consecutive: v.optional(whole(1, 100)),
} as const satisfies v.ObjectEntries

interface LookOptions {
  readonly from?: string | undefined
  readonly attempts?: number | undefined
  readonly every?: number | undefined
  readonly consecutive?: number | undefined
}

/** The same patience for both places to look from; the runner fills in what is absent. */
export const patienceOf = ({ attempts, every, consecutive }: LookOptions): Patience => ({
  ...(attempts !== undefined && { attempts }),
  ...(every !== undefined && { every }),
  ...(consecutive !== undefined && { consecutive }),
})

export const patienceOnHost = ({ attempts, every, consecutive }: LookOptions): HostPatience => ({
  attempts: String(attempts ?? 10),
  consecutive: String(consecutive ?? 3),
  every: every === undefined ? '-' : String(every),
})

export const fromRunner = (from: string | undefined): boolean => from === undefined || from === 'runner'

/** `localhost` seen from the runner is the runner, unless that is one of the hosts itself. */
export function looksAtItself(url: URL, { hosts }: Surroundings): boolean {
  return (
    isLoopback(url) &&
    !hosts.some(({ address }) => {
      if (address.kind === 'local') return true
      const host = URL.parse(`http://${address.host.includes(':') ? `[${address.host}]` : address.host}`)
      return host !== null && isLoopback(host)
    })
  )
}
