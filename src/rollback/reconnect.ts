import { setTimeout as sleep } from 'node:timers/promises'
import { NotAccepted } from '../engine/no-answer.ts'
import { openSession } from '../engine/session.ts'
import type { Chronicle } from './chronicle.ts'
import type { HostRun } from './host-run.ts'
import { SILENCE } from './plan.ts'
import type { Setting } from './setting.ts'

/**
 * Seconds over which a lost host is looked for again, counted from when it was lost: a little more than the silence
 * after which it decides alone, so that what it did is known rather than guessed.
 */
const PATIENCE = SILENCE + 10

/**
 * Looks for hosts whose contact was lost, to watch what they do. Only watching is tried again: no word that was sent
 * is sent a second time by this.
 */
export async function findAgain(
  setting: Setting,
  runs: readonly HostRun[],
  chronicle: Chronicle,
): Promise<void> {
  await Promise.all(
    runs
      .filter(run => run.state.lost !== undefined && !run.state.stuck)
      .map(run => findOne(setting, run, chronicle)),
  )
}

async function findOne(setting: Setting, run: HostRun, chronicle: Chronicle): Promise<void> {
  const { host } = run.session()
  const since = run.lostSince() ?? performance.now()
  const until = since + PATIENCE * 1000
  if (performance.now() < until) chronicle.lost(host.name, run.state.lost ?? 'for no known reason')
  for (
    let pause = 500;
    performance.now() < until && !setting.cancelled.aborted;
    pause = Math.min(pause * 2, 5000)
  ) {
    try {
      const session = await openSession(setting.open, host, {
        app: setting.runbook.app,
        environment: setting.environment.name,
        stateFolder: setting.environment.state ?? '',
        questions: [],
      })
      run.speakThrough(session)
      await session.follow(run.plan.run, 'attach', run.events, run.seen())
      const seconds = Math.round((performance.now() - since) / 1000)
      chronicle.warning(
        `Contact with ${host.name} was lost for ${seconds} s. The host went on by itself; its journal says what it did.`,
      )
      return
    } catch (error) {
      // The host answers, and never got the program.
      if (error instanceof NotAccepted && run.seen() === 0) return run.markRefused(error.why)
      run.markLost(error instanceof Error ? error.message : String(error))
      await sleep(pause)
    }
  }
}
