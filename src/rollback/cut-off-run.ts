import type { Session } from '../engine/conversation.ts'
import { NotAccepted } from '../engine/no-answer.ts'
import { openSession } from '../engine/session.ts'
import type { JournalEntry } from '../engine/wire.ts'
import type { Host } from '../host/host.ts'
import type { Setting } from './setting.ts'

/** What was found on a host after the runner's own process was cut off. */
export interface Aftermath {
  readonly host: string
  /** The last word of the run's journal there; undefined when it could not be read. */
  readonly reached: string | undefined
  /** Why it could not be read. */
  readonly trouble?: string
}

/** Seconds that a cut-off run is given to go back. */
const PATIENCE = 60

/**
 * Brings a run to its end whose runner was cut off between switch and commit: each host that still waits is told to go
 * back, and what became of it is read. A host whose program is dead, or that has decided already, is only read.
 */
export function endRun(setting: Setting, run: string): Promise<Aftermath[]> {
  return Promise.all(setting.environment.hosts.map(host => endOn(setting, host, run)))
}

async function endOn(setting: Setting, host: Host, run: string): Promise<Aftermath> {
  let session: Session | undefined
  let timer: NodeJS.Timeout | undefined
  try {
    const opened = await openSession(setting.open, host, {
      app: setting.runbook.app,
      environment: setting.environment.name,
      stateFolder: setting.environment.state ?? '',
      questions: [],
    })
    session = opened
    let reached = 'new'
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(resolve, PATIENCE * 1000)
      const journal = (entry: JournalEntry) => {
        if (entry.word === 'phase') reached = entry.phase
        if (entry.word !== 'outcome') return
        reached = entry.outcome
        resolve()
      }
      opened
        .follow(run, 'attach', {
          journal,
          output() {},
          // Its program is dead: what it left is put in order, as the next run would.
          gone: () => opened.follow(run, 'settle', { journal, output() {}, gone: resolve }).catch(reject),
        })
        .then(() => opened.tell(run, 'undo'))
        .catch(error => (error instanceof NotAccepted ? resolve() : reject(error)))
      void opened.closed.then(() => resolve())
    })
    return { host: host.name, reached }
  } catch (error) {
    return {
      host: host.name,
      reached: undefined,
      trouble: error instanceof Error ? error.message : String(error),
    }
  } finally {
    clearTimeout(timer)
    session?.close()
  }
}
