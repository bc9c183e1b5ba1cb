import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { readLines } from './lines.ts'

/** How somebody stops a run: `SIGINT` is the button *Cancel workflow*, `SIGKILL` a runner that dies. */
export type Stop = 'SIGINT' | 'SIGKILL'

/** Milliseconds that the runner waits; a test may shorten them. */
export interface Patience {
  /** After SIGINT, before SIGTERM. */
  readonly interrupt: number
  /** After SIGTERM, before SIGKILL. */
  readonly terminate: number
  /** After node has ended, for others that still hold its stdout or stderr. */
  readonly streams: number
}

/** The runner's own (`ProcessInvoker.cs`). */
export const PATIENCE: Patience = { interrupt: 7_500, terminate: 2_500, streams: 5_000 }

export interface NodeEnd {
  /** As a shell counts: 128 and the number of the signal for a killed node. */
  readonly exitCode: number
  readonly signal: NodeJS.Signals | undefined
  /** Signals that were sent, in order. */
  readonly sent: readonly NodeJS.Signals[]
  readonly milliseconds: number
}

export interface NodeRun {
  readonly node: string
  readonly script: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly patience: Patience
  /** A line of stdout or stderr; what it returns is done to node at once. */
  readonly line: (text: string) => Stop | undefined
  /** Settles when node is to be stopped for a reason that no line tells; may stay pending for ever. */
  readonly stop: Promise<Stop>
}

const started = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))

/** Runs one script as the runner does: stdin closed, signals to the node process and to nothing else. */
export const runNode = async (run: NodeRun): Promise<NodeEnd> => {
  const began = performance.now()
  const child = spawn(run.node, [run.script], { cwd: run.cwd, env: run.env, stdio: ['pipe', 'pipe', 'pipe'] })
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()))
  const sent: NodeJS.Signals[] = []
  const send = (signal: NodeJS.Signals): void => {
    if (child.exitCode === null && child.signalCode === null && child.kill(signal)) sent.push(signal)
  }
  const within = (milliseconds: number, end: Promise<void>): Promise<void> => {
    const timer = new AbortController()
    const timeout = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => {})
    return Promise.race([end, timeout]).finally(() => timer.abort())
  }
  let stopping = false
  const stop = async (how: Stop): Promise<void> => {
    if (how === 'SIGINT') {
      if (stopping) return
      stopping = true
      send('SIGINT')
      await within(run.patience.interrupt, exited)
      send('SIGTERM')
      await within(run.patience.terminate, exited)
    }
    send('SIGKILL')
  }
  const readers = [child.stdout, child.stderr].map(stream => {
    const lines = readLines(text => {
      const how = run.line(text)
      if (how) void stop(how)
    })
    stream.setEncoding('utf8').on('data', (piece: string) => lines.push(piece))
    return { stream, lines }
  })

  await started(child)
  child.stdin.end()
  void run.stop.then(stop)
  await exited
  const milliseconds = performance.now() - began
  await within(run.patience.streams, closed)
  for (const { stream, lines } of readers) {
    stream.destroy()
    lines.end()
  }
  const signal = child.signalCode ?? undefined
  const exitCode = child.exitCode ?? 128 + (signal ? constants.signals[signal] : 0)
  return { exitCode, signal, sent, milliseconds }
}
