import type { Closed } from '../host/channel.ts'
import type { Host } from '../host/host.ts'
import type { Program } from './compile.ts'
import type { Question } from './greeting.ts'
import type { JournalEntry } from './wire.ts'

/** What a session tells while a run goes on. */
export interface RunEvents {
  journal(entry: JournalEntry): void
  output(step: number, action: string, text: string): void
  /** Bytes that a step has written so far, of about so many; 0 when nobody knows how many. */
  progress?(step: number, bytes: number, expected: number): void
  /** The program of the run ended without a last word. */
  gone(): void
}

/** What the program of a run is told; `docs/architecture.md` says what each does. */
export type Word =
  | 'switch'
  | 'glance'
  | 'verify'
  | 'resume'
  | 'commit'
  | 'undo'
  | 'revert'
  | 'hold'
  | 'diagnose'
  | 'alive'

/** A conversation with the courier on one host, over the one channel that there is. */
export interface Session {
  readonly host: Host
  /** What the host said of itself when the channel was opened. */
  readonly facts: readonly string[]
  /** Seconds since the host was last heard of. */
  quiet(): number
  /** Settles when the channel has ended; never rejects. */
  readonly closed: Promise<Closed>
  probe(): Promise<readonly string[]>
  /** Asks what can only be asked once something is known, such as the release that it goes to. Facts come back. */
  ask(questions: readonly Question[]): Promise<readonly string[]>
  /** Sends a run's program and lets it prepare. @throws NotAccepted */
  start(run: string, program: Program, events: RunEvents): Promise<void>
  /** Follows a run that is on the host already: lets it go back, puts it in order, or watches it from line `seen` on. */
  follow(run: string, how: 'back' | 'settle' | 'attach', events: RunEvents, seen?: number): Promise<void>
  /** Hands the program of a run one word. Nothing comes back but what the journal says. */
  tell(run: string, word: Word): void
  /** The lines of a run's `plan.json`. @throws NotAccepted when there is none. */
  readPlan(run: string): Promise<readonly string[]>
  keepSecret(run: string, name: string, value: string): Promise<void>
  addToLedger(line: string): Promise<void>
  unlock(run: string): Promise<void>
  /**
   * Takes away backups that earlier runs made here, each named as the list of the host names it: run, sha256, bytes and
   * path. What the host says of each comes back as a fact, `removed <path>` or `stays <path>`.
   */
  removeBackups(lines: readonly string[]): Promise<readonly string[]>
  /** The same for what else runs left: each question takes one thing away, after it has looked whether that is ours. */
  removeLeft(removals: readonly Question[]): Promise<readonly string[]>
  close(): void
}
