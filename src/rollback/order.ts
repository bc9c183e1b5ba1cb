import type { RunEvents } from '../engine/session.ts'
import { Refusal } from '../refusal.ts'
import type { HostFacts } from '../release/facts.ts'
import { endedAs } from '../report/run-words.ts'
import type { Chronicle } from './chronicle.ts'
import { type Looked, lookAgain } from './look.ts'

/** A living run, or one that needs its operator, has the host. */
export class LockHeld extends Refusal {
  readonly code = 'RB-LOCK-HELD'
}

/** A deploy tool is at work on the host. */
class DeployAtWork extends Refusal {
  readonly code = 'RB-DEPLOY-AT-WORK'
}

/** A program that the engine can't do without isn't there. */
class ToolsMissing extends Refusal {
  readonly code = 'RB-TOOLS-MISSING'
}

const NEEDED = ['ln', 'mv', 'readlink', 'sync', 'head', 'tail', 'dd', 'grep', 'sha256sum', 'mkfifo']

/**
 * Brings hosts on which an earlier run died to a known state, and refuses hosts that are not free. Runs that died are
 * put in order first, because what they left decides what can be gone back to.
 */
export async function putInOrder(all: readonly Looked[], chronicle: Chronicle): Promise<Looked[]> {
  return await Promise.all(
    all.map(async looked => {
      const { host, lock, runs } = looked.facts
      if (!lock || lock.alive) return looked
      // That one did not die: it came to an end that needs a person, and stays there.
      if (runs.find(({ run }) => run === lock.run)?.state === 'needs-operator') return looked
      chronicle.mark(host, 'started', `run ${lock.run} died here; it is brought to its end first`)
      await settle(looked, lock.run)
      const again = await lookAgain(looked)
      const run = again.facts.runs.find(each => each.run === lock.run)
      const end = run ? endedAs({ ...run, ended: run.state }) : 'it left no journal'
      chronicle.warning(`Run ${lock.run} had died on ${host}. It was brought to its end first: ${end}.`)
      return again
    }),
  )
}

async function settle({ session }: Looked, run: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const events: RunEvents = {
      journal(entry) {
        if (entry.word === 'outcome') resolve()
      },
      output() {},
      gone: resolve,
    }
    session.follow(run, 'settle', events).catch((error: unknown) => {
      // A lock without the folder of its run can't be put in order; the lock that is still there says so below.
      if (error instanceof Error && error.name === 'NotAccepted') resolve()
      else reject(error)
    })
    void session.closed.then(() => resolve())
  })
}

/** @throws LockHeld, DeployAtWork, ToolsMissing; nothing was changed. */
export function refuseBusy(all: readonly Looked[], anyway: boolean): void {
  for (const { facts } of all) {
    const problem = lockProblem(facts)
    if (problem) throw problem
  }
  for (const { facts } of all) {
    const [foreign] = facts.symlinks.flatMap(({ foreignLocks }) => foreignLocks)
    if (foreign === undefined || anyway) continue
    throw new DeployAtWork(`A deploy holds ${foreign} on ${facts.host}. Nothing was changed.`, [
      'Wait until the deploy has ended, or cancel it.',
      'If the deploy is dead and left it behind, run this again with `confirm: run anyway`.',
    ])
  }
  for (const { facts } of all) {
    const missing = NEEDED.filter(tool => facts.tools[tool] === undefined)
    if (missing.length === 0) continue
    throw new ToolsMissing(`${facts.host} lacks ${missing.join(', ')}. Nothing was changed.`, [
      `Install them on ${facts.host}; on Debian they are in the package coreutils.`,
    ])
  }
}

/** Why the lock of a host keeps everybody else out; undefined when there is none. */
export function lockProblem(facts: HostFacts, after = ' Nothing was changed.'): Refusal | undefined {
  const { host, lock, runs, stateFolder } = facts
  if (!lock) return undefined
  const { run, alive } = lock
  if (alive) {
    return new LockHeld(`${host} is locked by run ${run}, which is at work.${after}`, [
      'Wait until that run has ended. `operation: status` shows how far it is.',
      `If it does not end, on ${host}: \`${stateFolder}/runs/${run}/rollbook undo\``,
    ])
  }
  const left = runs.find(each => each.run === run)
  if (left?.state === 'needs-operator') {
    return new LockHeld(`${host} is locked by run ${run}, which needs its operator.${after}`, [
      `Mend what it stumbled over, then on ${host}: \`${stateFolder}/runs/${run}/rollbook undo\``,
      `Or, when everything is put right by hand: \`operation: unlock\` with \`run-id: ${run}\`.`,
    ])
  }
  return new LockHeld(`${host} is locked by run ${run}, whose process is dead.${after}`, [
    `Bring it to its end: \`operation: unlock\` with \`run-id: ${run}\`. A rollback does so before anything else.`,
  ])
}
