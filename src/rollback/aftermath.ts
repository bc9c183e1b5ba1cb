import { openSession } from '../engine/session.ts'
import type { JournalEntry } from '../engine/wire.ts'
import type { Host } from '../host/host.ts'
import type { Setting } from './setting.ts'

/** What was found on a host after the runner's own process was cut off. */
export interface Aftermath {
  readonly host: string
  /** Last word of the run's journal there, or why it could not be read. */
  readonly found: string
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
  try {
    const session = await openSession(setting.open, host, {
      app: setting.runbook.app,
      environment: setting.environment.name,
      stateFolder: setting.environment.state ?? '',
      questions: [],
    })
    let last = 'nothing'
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, PATIENCE * 1000)
      const journal = (entry: JournalEntry) => {
        if (entry.word === 'phase') last = entry.phase
        if (entry.word !== 'outcome') return
        last = entry.outcome
        clearTimeout(timer)
        resolve()
      }
      const gone = () => {
        clearTimeout(timer)
        resolve()
      }
      session
        .follow(run, 'attach', { journal, output() {}, gone })
        .then(() => session.tell(run, 'undo'))
        .catch(reject)
      void session.closed.then(gone)
    })
    session.close()
    return { host: host.name, found: last }
  } catch (error) {
    return { host: host.name, found: error instanceof Error ? error.message : String(error) }
  }
}
