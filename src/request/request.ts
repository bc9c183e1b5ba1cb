import type { Host } from '../host/host.ts'

export const OPERATIONS = [
  'rollback',
  'plan',
  'undo',
  'record',
  'guard',
  'status',
  'watch',
  'drill',
  'prune',
  'doctor',
  'unlock',
] as const
export type Operation = (typeof OPERATIONS)[number]

export const RECORDED_STATES = ['started', 'good', 'bad', 'free'] as const
export type RecordedState = (typeof RECORDED_STATES)[number]

/** What was asked for. Read once, checked, and never changed afterwards. */
export interface Request {
  readonly operation: Operation
  /** The only one of the runbook when absent. */
  readonly environment?: string | undefined
  /** The first one of the runbook when absent. */
  readonly rollback?: string | undefined
  /** `previous`, `last-good`, a release, a tag or a commit; empty for `record`: the live release. */
  readonly target: string
  /** One line, without control characters; may be empty. */
  readonly reason: string
  readonly confirm?: string | undefined
  readonly parameters: ReadonlyMap<string, string>
  readonly escalate: boolean
  readonly state: RecordedState
  readonly runId?: string | undefined
  readonly drill?: string | undefined
  readonly ssh: {
    readonly privateKey?: string | undefined
    readonly passphrase?: string | undefined
    readonly agentSocket?: string | undefined
  }
  /** Lines in known_hosts format. */
  readonly knownHosts: string
  /** The file that they were looked for in; undefined when they came as they are. */
  readonly knownHostsFile?: string | undefined
  readonly token?: string | undefined
  readonly source: RequestSource
}

export type RequestSource = RunbookSource | InputsSource

export interface RunbookSource {
  readonly kind: 'runbook'
  /** In the workspace; on the command line, as the shell understands it. */
  readonly path: string
}

/** The one rollback of a simple set-up, described by inputs alone. */
export interface InputsSource {
  readonly kind: 'inputs'
  readonly app: string
  readonly url?: string | undefined
  readonly hosts: readonly Host[]
  /** The folder with `releases/` and `current`. Either it or `compose` is there. */
  readonly path?: string | undefined
  /** The folder of a Compose project. */
  readonly compose?: string | undefined
  readonly services: readonly string[]
  readonly reload: readonly string[]
  readonly smoke: readonly string[]
}
