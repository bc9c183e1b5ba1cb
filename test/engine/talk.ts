import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { RunEvents, Session } from '../../src/engine/conversation.ts'
import type { HostPlan } from '../../src/engine/plan.ts'
import { openSession } from '../../src/engine/session.ts'
import type { JournalEntry } from '../../src/engine/wire.ts'
import type { OpenChannel } from '../../src/host/channel.ts'
import { COURIER } from '../../src/host/courier.ts'
import type { Shell } from './shells.ts'
import { compile, RUN, type Site } from './site.ts'

/** A conversation with a host, as the runner has it, without SSH between. */
export interface Talk extends AsyncDisposable {
  readonly session: Session
  readonly courier: ChildProcess
  /** Every line that came, noise included. */
  readonly lines: readonly string[]
  /** The line goes dead: nothing more is read or written, and the host notices. */
  hangUp(): void
}

export const environmentOf = (site: Site, shell: Shell): Record<string, string> => ({
  PATH: shell.path,
  HOME: site.home,
  courier_shell: shell.sh,
})

export interface TalkOptions {
  /** What login scripts print and do before the courier starts. */
  readonly login?: string
  readonly env?: Readonly<Record<string, string>>
  readonly questions?: Parameters<typeof openSession>[2]['questions']
  /** Changes the greeting on its way. */
  readonly garble?: (greeting: string) => string
}

export async function talkTo(site: Site, shell: Shell, options: TalkOptions = {}): Promise<Talk> {
  const lines: string[] = []
  let courier: ChildProcess | undefined
  const open: OpenChannel = async (_, greeting, events) => {
    const child = spawn(shell.sh, ['-c', `${options.login ?? ''}\n${COURIER}`], {
      env: { ...environmentOf(site, shell), ...options.env },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    courier = child
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const cut = (rest + text).split('\n')
      rest = cut.pop() ?? ''
      for (const line of cut) {
        lines.push(line)
        events.line(line)
      }
    })
    child.stdin.on('error', () => {})
    child.on('close', status =>
      events.closed(status === 0 ? { kind: 'ended' } : { kind: 'lost', reason: String(status) }),
    )
    child.stdin.write(options.garble?.(greeting) ?? greeting)
    return { send: message => void child.stdin.write(message), close: () => void child.stdin.end() }
  }
  const session = await openSession(
    open,
    { name: 'web', address: { kind: 'local' } },
    {
      app: 'shop',
      environment: 'production',
      stateFolder: '',
      questions: options.questions ?? [],
    },
  )
  if (!courier) throw new Error('no channel was opened')
  const child = courier
  const hangUp = () => {
    child.stdin?.destroy()
    child.stdout?.destroy()
  }
  return {
    session,
    courier: child,
    lines,
    hangUp,
    async [Symbol.asyncDispose]() {
      session.close()
      hangUp()
    },
  }
}

/** What a run tells, kept; and the means to wait for some of it. */
export interface Tape extends RunEvents {
  readonly entries: readonly JournalEntry[]
  /** `<step>.<action> <text>` for each line that a step printed. */
  readonly printed: readonly string[]
  phase(name: string): Promise<void>
  /** The last word; `gone` when the program ended without one. */
  outcome(): Promise<string>
  until(reached: (entry: JournalEntry) => boolean): Promise<void>
}

/** Long enough for a machine that does many things at once, short enough to say what was waited for. */
const PATIENCE = 30_000

export function record(): Tape {
  const entries: JournalEntry[] = []
  const printed: string[] = []
  let ended: string | undefined
  const waiting = new Set<() => void>()
  const look = () => {
    for (const each of [...waiting]) each()
  }
  const wait = (what: string, reached: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`waited for ${what}; came: ${entries.map(each => JSON.stringify(each)).join(' ')}`))
      }, PATIENCE)
      const each = () => {
        if (!reached()) return
        clearTimeout(late)
        waiting.delete(each)
        resolve()
      }
      waiting.add(each)
      each()
    })
  const until = (reached: (entry: JournalEntry) => boolean) =>
    wait(String(reached), () => entries.some(reached))
  return {
    entries,
    printed,
    journal(entry) {
      entries.push(entry)
      if (entry.word === 'outcome') ended = entry.outcome
      look()
    },
    output(number, action, text) {
      printed.push(`${number}.${action} ${text}`)
      look()
    },
    gone() {
      ended ??= 'gone'
      look()
    },
    until,
    phase: name => until(entry => entry.word === 'phase' && entry.phase === name),
    async outcome() {
      await wait('an outcome', () => ended !== undefined)
      return ended ?? ''
    },
  }
}

/** Starts a run and brings it to `prepared`. */
export async function prepare(talk: Talk, plan: HostPlan): Promise<Tape> {
  const tape = record()
  await talk.session.start(plan.run, compile(plan), tape)
  await tape.phase('prepared')
  return tape
}

/** Starts a run and brings it to `switched`. */
export async function goThere(talk: Talk, plan: HostPlan): Promise<Tape> {
  const tape = await prepare(talk, plan)
  talk.session.tell(plan.run, 'switch')
  await tape.phase('switched')
  return tape
}

/** A whole run that is committed. */
export async function commitRun(talk: Talk, plan: HostPlan): Promise<Tape> {
  const tape = await goThere(talk, plan)
  talk.session.tell(plan.run, 'commit')
  await tape.outcome()
  return tape
}

export interface Said {
  readonly status: number
  readonly text: string
}

/** A person on the host: `./rollbook <verb>`. */
export function person(site: Site, shell: Shell, verb: string, run = RUN): Promise<Said> {
  const file = join(site.state, 'runs', run, 'rollbook')
  return new Promise(resolve => {
    execFile(shell.sh, [file, verb], { env: environmentOf(site, shell) }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, text: stdout + stderr })
    })
  })
}

/** Waits until it holds, or for so long that it never will; returns whether it does. */
export async function comesTrue(holds: () => boolean, seconds = 10): Promise<boolean> {
  const until = performance.now() + seconds * 1000
  while (!holds()) {
    if (performance.now() > until) return false
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  return true
}

/** Kills the program that holds the lock, and nothing else; it is dead when this returns. */
export async function killProgram(site: Site): Promise<void> {
  const pid = Number(site.lock()?.split(':')[3])
  process.kill(pid, 'SIGKILL')
  await comesTrue(() => !site.processes().includes(pid))
}
