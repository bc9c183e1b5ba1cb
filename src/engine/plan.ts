import type { Phase, Position } from '../kind/item.ts'

/** One step of a plan on one host: which functions of which kind run, and the data that they read. */
export interface Step {
  /** 1-based, the same on every host of the run. */
  readonly number: number
  readonly kind: string
  readonly phase: Phase
  readonly title: string
  /** Becomes the shell variables `arg_<name>`; data, never code. */
  readonly data: Readonly<Record<string, string>>
  readonly in?: string | undefined
  /** Seconds. */
  readonly timeout: number
  readonly severity: 'fail' | 'warn'
  /** Names of the secrets that it may read. */
  readonly secrets: readonly string[]
  /** True for an alternative inside another step: it runs only when that one calls it. */
  readonly inner: boolean
  readonly position: Position
}

/** Everything that one host needs to finish a run, or to undo it, without the runner. */
export interface HostPlan {
  readonly host: string
  /** Absolute path of the state folder there. */
  readonly stateFolder: string
  readonly run: string
  readonly app: string
  readonly environment: string
  readonly rollback: string
  readonly from: string
  readonly to: string
  readonly reason: string
  readonly url: string
  /** How many hosts take part in the run. */
  readonly hosts: number
  readonly onLostContact: 'keep' | 'undo' | 'decide'
  /** Seconds without a word from the runner after which the host decides alone. */
  readonly silence: number
  /** Lines for the ledger, each a JSON object without its opening brace and `at`. */
  readonly ledger: {
    readonly committed: readonly string[]
    readonly kept: readonly string[]
    readonly undone: readonly string[]
  }
  readonly steps: readonly Step[]
}
