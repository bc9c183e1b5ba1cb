import type { RunEvents } from '../engine/conversation.ts'
import { ContactLost, NotAccepted } from '../engine/no-answer.ts'
import type { EndedRun } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import type { HostFacts } from '../release/facts.ts'
import { endedAs } from '../report/run-words.ts'
import type { Chronicle } from './chronicle.ts'
import { type Looked, lookAgain } from './look.ts'

/** A living run, or one that needs its operator, has the host. */
export class LockHeld extends Refusal {
  readonly code = 'RB-LOCK-HELD'
}

/** Contact was lost while something was done about a run that had died: what became of it is not known. */
export class ContactLostSettling extends Refusal {
  readonly code = 'RB-CONTACT-LOST-SETTLING'

  /** @param doing what was being done there, as part of a sentence */
  constructor({ host, reason }: ContactLost, doing: string, options: ErrorOptions) {
    super(
      `Contact with ${host} was lost while ${doing}: ${reason}. How that ended there is not known from here; this run has switched nothing.`,
      [
        'Look at the network between here and that host, and run it again: it goes on with what is left of that run.',
        '`operation: status` shows what is live there and who holds the lock.',
      ],
      undefined,
      options,
    )
  }
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
  const ended = new Map<string, EndedRun>()
  const tell = (one: EndedRun) => {
    ended.set(one.host, one)
    chronicle.found({ ended: [...ended.values()] })
  }
  return await Promise.all(
    all.map(async looked => {
      const { host, lock, runs } = looked.facts
      if (!lock || lock.alive) return looked
      // That one did not die: it came to an end that needs a person, and stays there.
      if (runs.find(({ run }) => run === lock.run)?.state === 'needs-operator') return looked
      chronicle.mark(host, 'started', `run ${lock.run} died here; it is brought to its end first`)
      // Said before it is done: a cancel or a broken line in the middle must not make this a run that touched nothing.
      tell({ host, run: lock.run })
      const again = await settled(looked, lock.run)
      const run = again.facts.runs.find(each => each.run === lock.run)
      const end = run ? endedAs({ ...run, ended: run.state }) : 'it left no journal'
      tell({ host, run: lock.run, end })
      chronicle.warning(`Run ${lock.run} had died on ${host}. It was brought to its end first: ${end}.`)
      return again
    }),
  )
}

/** The host as it is when a dead run was brought to its end. */
async function settled(looked: Looked, run: string): Promise<Looked> {
  const done = `Run ${run}, which had died there, was brought to its end first; this run has switched nothing.`
  try {
    await settle(looked, run)
    return await lookAgain(looked, done)
  } catch (error) {
    if (!(error instanceof ContactLost)) throw error
    const doing = `run ${run}, which had died there, was brought to its end`
    throw new ContactLostSettling(error, doing, { cause: error })
  }
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
      if (error instanceof NotAccepted) resolve()
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
