import { beatMark, beginMark, changeMark, endMark, keepDrill } from '../drill/mark.ts'
import type { Session } from '../engine/conversation.ts'
import { openSession } from '../engine/session.ts'
import { Refusal } from '../refusal.ts'
import type { DrillMark } from '../release/drill-mark.ts'
import { DrillAtWork } from '../rollback/drill-there.ts'
import type { Setting } from '../rollback/setting.ts'

/** The mark of a drill can't be left on a host, and without it nobody would know what was broken. */
class MarkNotWritten extends Refusal {
  readonly code = 'RB-DRILL-MARK'
}

/** The marks of one drill on all of its hosts. */
export interface Marks {
  /** Leaves them. @throws DrillAtWork when somebody else has left one; then ours are gone again */
  begin(mark: DrillMark): Promise<void>
  /** Says on every host what the drill is at. @throws Refusal when one of them can't be told */
  say(markOf: (host: string) => DrillMark): Promise<void>
  /** The same, where nothing may stop because of it. */
  trySay(markOf: (host: string) => DrillMark): Promise<void>
  /** Takes them away. @returns the hosts that still have theirs */
  end(): Promise<readonly string[]>
  /** Leaves a line about the drill on every host that can be told. */
  keep(line: string): Promise<void>
  close(): void
}

/** Seconds between two signs that the runner is there; a mark that hears none for 120 is nobody's. */
const BEAT = 20

/** Opens a conversation of its own with every host: their couriers are the owners that the marks name. */
export async function openMarks(setting: Setting): Promise<Marks> {
  const { hosts, state, name: environment } = setting.environment
  const open = (at: number): Promise<Session> => {
    const host = hosts[at]
    if (host === undefined) throw new Error(`there is no host ${at}`)
    const stateFolder = state ?? ''
    return openSession(setting.open, host, {
      app: setting.runbook.app,
      environment,
      stateFolder,
      questions: [],
    })
  }
  const opened = await Promise.allSettled(hosts.map((_, at) => open(at)))
  const sessions = opened.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
  const failed = opened.find(each => each.status === 'rejected')
  if (failed) {
    for (const session of sessions) session.close()
    throw failed.reason
  }
  const gone = new Set<Session>()
  for (const session of sessions) void session.closed.then(() => gone.add(session))

  /** Speaks to a host; anew, where contact was lost meanwhile. */
  const speak = async <T>(at: number, words: (session: Session) => Promise<T>): Promise<T> => {
    const session = sessions[at]
    if (session !== undefined && !gone.has(session)) {
      try {
        return await words(session)
      } catch (error) {
        if (!gone.has(session)) throw error
      }
    }
    const again = await open(at)
    sessions[at] = again
    void again.closed.then(() => gone.add(again))
    return await words(again)
  }
  const everywhere = <T>(words: (session: Session) => Promise<T>) =>
    Promise.allSettled(hosts.map((_, at) => speak(at, words)))

  const timer = setInterval(() => void everywhere(session => beatMark(session, setting.run)), BEAT * 1000)
  timer.unref()

  const tell = async (how: typeof changeMark, markOf: (host: string) => DrillMark) => {
    const answers = await Promise.all(
      hosts.map(({ name }, at) => speak(at, session => how(session, setting.run, markOf(name)))),
    )
    const bad = answers.findIndex(answer => answer !== 'ours')
    if (bad < 0) return
    const name = hosts[bad]?.name ?? ''
    if (answers[bad] === 'taken' && how === beginMark) throw new DrillAtWork(name, '')
    const why =
      answers[bad] === 'taken' ? 'somebody took it away, or has put another one there' : answers[bad]
    throw new MarkNotWritten(`The mark of the drill on ${name} could not be written: ${why}.`, [
      `On ${name}, look at space and rights of its state folder, and whether another drill is at work: \`operation: status\` shows both.`,
    ])
  }
  const say = (markOf: (host: string) => DrillMark) => tell(changeMark, markOf)
  const end = async () => {
    const ended = await everywhere(session => endMark(session, setting.run))
    return hosts.flatMap(({ name }, at) => {
      const answer = ended[at]
      return answer?.status === 'fulfilled' && answer.value === 'gone' ? [] : [name]
    })
  }
  return {
    async begin(mark) {
      try {
        await tell(beginMark, () => mark)
      } catch (error) {
        await end()
        throw error
      }
    },
    say,
    async trySay(markOf) {
      await say(markOf).catch((error: unknown) =>
        setting.log.warning(`A host could not be told what the drill is at: ${String(error)}`),
      )
    },
    end,
    keep: async line => void (await everywhere(session => keepDrill(session, line))),
    close() {
      clearInterval(timer)
      for (const session of sessions) session.close()
    },
  }
}
