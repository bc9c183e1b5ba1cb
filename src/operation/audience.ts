import type { RunHeading, RunReport } from '../outcome.ts'
import { causes } from '../report/failure-words.ts'
import type { Log } from '../report/log.ts'
import type { Told } from '../report/told.ts'
import type { Listener } from './listener.ts'

/** Seconds for all listeners together, once the run is over and its report is written. */
const PATIENCE = 20

/** All listeners of one run. What they throw is a warning. */
export interface Audience {
  began(heading: RunHeading): void
  /** @returns where it was told. Settles within PATIENCE seconds, whatever they do. */
  ended(report: RunReport): Promise<readonly Told[]>
}

export function openAudience(
  listeners: readonly Listener[],
  log: Pick<Log, 'warning'>,
  patience = PATIENCE,
): Audience {
  const beginnings = new Map<Listener, Promise<void>>()
  const failed = ({ name }: Listener, error: unknown) =>
    log.warning(`${capital(name)} could not be told: ${causes(error)}`)

  const tell = async (each: Listener, report: RunReport): Promise<readonly Told[]> => {
    try {
      await beginnings.get(each)
      return await each.ended(report)
    } catch (error) {
      failed(each, error)
      return []
    }
  }

  return {
    began(heading) {
      for (const each of listeners)
        beginnings.set(
          each,
          each.began(heading).catch((error: unknown) => failed(each, error)),
        )
    },
    async ended(report) {
      const silent = new Set(listeners)
      const told: Told[] = []
      const all = listeners.map(async each => {
        const where = await tell(each, report)
        if (silent.delete(each)) told.push(...where)
      })
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>(resolve => {
        timer = setTimeout(resolve, patience * 1000)
      })
      await Promise.race([Promise.all(all), late])
      clearTimeout(timer)
      for (const { name } of silent) log.warning(`${capital(name)} did not answer within ${patience} s.`)
      silent.clear()
      return [...told]
    },
  }
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
