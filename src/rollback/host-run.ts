import type { RunEvents, Session } from '../engine/conversation.ts'
import type { HostPlan, Step } from '../engine/plan.ts'
import type { EnginePhase, JournalEntry } from '../engine/wire.ts'
import { type Awaited, allowance, SLACK } from './allowance.ts'
import type { Chronicle } from './chronicle.ts'
import { tellChronicle, type Way } from './journal-to-chronicle.ts'

/** What is known of a run on one host, all of it read from that host's journal. */
export interface HostState {
  phase: EnginePhase
  /** The last word of the run: `committed`, `kept`, `undone`, `refused`, `needs-operator`. */
  outcome: string | undefined
  verified: boolean | undefined
  resumed: boolean | undefined
  diagnosed: boolean
  /** The step that failed last, and with what. */
  failed: { readonly step: Step | undefined; readonly action: string; readonly status: number } | undefined
  /** A step whose link or file something else had changed. */
  strayed: Step | undefined
  /** The lock was not ours any more when something was to be changed. */
  fenced: boolean
  /** Why the courier would not let the run begin. */
  refusedBy: string | undefined
  lockedBy: { readonly holder: string; readonly alive: boolean } | undefined
  /** Why nothing more is heard. */
  lost: string | undefined
  /** It is lost because its program stands still, while the host answers: there is nothing to look for again. */
  stuck: boolean
}

/** One host of a run under way. */
export interface HostRun {
  readonly plan: HostPlan
  /** The release that this host should end on, and the one that it comes from. */
  readonly to: string
  readonly from: string
  readonly direction: 'forward' | 'back'
  readonly state: Readonly<HostState>
  readonly events: RunEvents
  /** Lines of the journal seen so far. */
  seen(): number
  tell(word: Parameters<Session['tell']>[1]): void
  /** The session to speak through from now on, after contact came back. */
  speakThrough(session: Session): void
  session(): Session
  markLost(reason: string): void
  /** The courier said no: contact is as good as ever. */
  markRefused(why: string): void
  toldToSwitch(): boolean
  /** It was told to look at itself: only then a host of a fleet trusts its own checks when it has to decide alone. */
  toldToLook(): boolean
  /** When contact was lost, by `performance.now()`; undefined while there is contact. */
  lostSince(): number | undefined
  /** Settles once `reached` holds, nothing more can come, or it took longer than the plan allows: then it is lost. */
  until(awaited: Awaited, reached: (state: Readonly<HostState>) => boolean): Promise<void>
}

/** Nothing heard for this long, while a heartbeat comes every second, means that contact is lost. Seconds. */
const QUIET = 20

/**
 * @param direction `back` when the run is undone; `from` and `to` of its plan are then turned round already.
 * @param slack seconds beside the time limits of its steps.
 */
export function followHost(
  plan: HostPlan,
  first: Session,
  chronicle: Chronicle,
  direction: 'forward' | 'back' = 'forward',
  slack = SLACK,
): HostRun {
  const { from, to } = plan
  const way: Way = { host: plan.host, from, to, there: direction === 'forward' ? 'do' : 'undo' }
  let session = first
  let seen = 0
  let lostSince: number | undefined
  let toldToLook = false
  let toldToSwitch = false
  let late: NodeJS.Timeout | undefined
  const state: HostState = {
    phase: 'new',
    outcome: undefined,
    verified: undefined,
    resumed: undefined,
    diagnosed: false,
    failed: undefined,
    strayed: undefined,
    fenced: false,
    refusedBy: undefined,
    lockedBy: undefined,
    lost: undefined,
    stuck: false,
  }
  const steps = new Map(plan.steps.map(step => [step.number, step]))
  const waiting = new Set<() => void>()
  const changed = () => {
    for (const look of [...waiting]) look()
  }
  const markLost = (reason: string) => {
    if (state.outcome === undefined) {
      state.lost ??= reason
      lostSince ??= performance.now()
    }
    changed()
  }
  const markStuck = (seconds: number) => {
    if (isOver(state)) return
    state.stuck = true
    const reason = `its program came no further in ${seconds} seconds, while the host answered`
    chronicle.lost(plan.host, reason)
    markLost(reason)
  }
  const watch = (watched: Session) => {
    void watched.closed.then(how => {
      if (session === watched) markLost(how.kind === 'lost' ? how.reason : 'the host ended the conversation')
    })
    const timer = setInterval(() => {
      if (session !== watched || state.outcome !== undefined) clearInterval(timer)
      else if (watched.quiet() > QUIET) {
        clearInterval(timer)
        markLost(`nothing heard for ${QUIET} seconds`)
        watched.close()
      }
    }, 1000)
    timer.unref()
  }
  watch(session)

  const journal = (entry: JournalEntry) => {
    seen += 1
    note(state, entry, steps)
    tellChronicle(chronicle, way, entry, steps)
    // It woke up and came to an end: that is known now.
    if (state.stuck && state.outcome !== undefined) {
      state.stuck = false
      state.lost = undefined
    }
    changed()
  }
  return {
    plan,
    to,
    from,
    direction,
    state,
    events: {
      journal,
      output(number, action, text) {
        const step = steps.get(number)
        if (step) chronicle.output(plan.host, step, action, text)
      },
      progress(number, bytes, expected) {
        const step = steps.get(number)
        if (step) chronicle.progress(plan.host, step, bytes, expected)
      },
      gone: () => markLost('the program on the host ended without a last word'),
    },
    seen: () => seen,
    tell(word) {
      if (word === 'verify') toldToLook = true
      if (word === 'switch') toldToSwitch = true
      // It looks again.
      if (word === 'verify' || word === 'glance') state.verified = undefined
      session.tell(plan.run, word)
    },
    toldToSwitch: () => toldToSwitch,
    toldToLook: () => toldToLook,
    session: () => session,
    speakThrough(next) {
      session = next
      state.lost = undefined
      lostSince = undefined
      watch(next)
    },
    markLost,
    markRefused(why) {
      state.refusedBy = why
      changed()
    },
    lostSince: () => lostSince,
    until: (awaited, reached) =>
      new Promise(resolve => {
        const seconds = allowance(plan, awaited, slack)
        // Whoever is waited for anew is not waited for any more as before: a person may have cancelled that.
        clearTimeout(late)
        late = setTimeout(() => markStuck(seconds), seconds * 1000)
        late.unref()
        const look = () => {
          if (!reached(state) && !isOver(state)) return
          clearTimeout(late)
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

const isOver = ({ outcome, lost, refusedBy }: HostState): boolean =>
  outcome !== undefined || lost !== undefined || refusedBy !== undefined

function note(state: HostState, entry: JournalEntry, steps: ReadonlyMap<number, Step>): void {
  switch (entry.word) {
    case 'run':
      state.phase = 'new'
      state.outcome = undefined
      return
    case 'phase':
      state.phase = entry.phase
      return
    case 'end':
      if (entry.status !== 0 && steps.get(entry.step)?.severity !== 'warn')
        state.failed = { step: steps.get(entry.step), action: entry.action, status: entry.status }
      return
    case 'strayed':
      state.strayed = steps.get(entry.step)
      return
    case 'fenced':
      state.fenced = true
      return
    case 'refused':
      state.lockedBy = { holder: entry.holder, alive: entry.alive }
      return
    case 'verified':
      state.verified = entry.passed
      return
    case 'resumed':
      state.resumed = entry.passed
      return
    case 'diagnosed':
      state.diagnosed = true
      return
    case 'outcome':
      state.outcome = entry.outcome
      return
  }
}
