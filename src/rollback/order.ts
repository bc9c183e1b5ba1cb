import type { RunEvents } from '../engine/session.ts'
import { Refusal } from '../refusal.ts'
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
      const { lock } = looked.facts
      if (!lock || lock.alive) return looked
      chronicle.warning(`${looked.facts.host}: run ${lock.run} died there; it is put in order first.`)
      await settle(looked, lock.run)
      const again = await lookAgain(looked)
      chronicle.preflight(
        `${looked.facts.host}: run ${lock.run} ended as ${again.facts.runs.find(({ run }) => run === lock.run)?.state ?? 'unknown'}`,
      )
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
    const { lock } = facts
    if (!lock) continue
    throw new LockHeld(
      `${facts.host} is locked by run ${lock.run}${lock.alive ? '' : ', which could not be put in order'}. Nothing was changed.`,
      lock.alive
        ? [
            'Wait until that run has ended, and run this one again.',
            `If it does not end, on ${facts.host}: ${facts.stateFolder}/runs/${lock.run}/rollbook undo`,
          ]
        : [
            `Look at it on ${facts.host}: ${facts.stateFolder}/runs/${lock.run}/rollbook status`,
            `When it is mended, go back with it: ${facts.stateFolder}/runs/${lock.run}/rollbook undo`,
            `Only when everything is as it should be already: operation unlock with run-id ${lock.run}.`,
          ],
    )
  }
  for (const { facts } of all) {
    const [foreign] = facts.symlinks.flatMap(({ foreignLocks }) => foreignLocks)
    if (foreign === undefined || anyway) continue
    throw new DeployAtWork(`A deploy holds ${foreign} on ${facts.host}. Nothing was changed.`, [
      'Wait until the deploy has ended, or cancel it.',
      'If the deploy is dead and left it behind, run this again with confirm: run anyway.',
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
