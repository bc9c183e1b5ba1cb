import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ACTION } from '../production.ts'
import { parsePairs } from '../runner/pairs.ts'
import { type ActionRun, runAction } from '../runner.ts'
import { type Contexts, FINE, filledMap, holds, type Status } from './expression.ts'

export type Result = 'success' | 'failure' | 'cancelled' | 'skipped'

/** A step of a job, as far as this runner knows what steps can have. */
export interface Step {
  readonly id?: string
  readonly name?: string
  readonly if?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, unknown>>
}

export interface StepEnd {
  /** Its name, else what it uses. */
  readonly step: string
  readonly outcome: Result
  readonly outputs: Readonly<Record<string, string>>
  /** Of a step that uses our action. */
  readonly action?: ActionRun
  /** Of a step that runs a script. */
  readonly log?: string
}

export interface JobRun {
  readonly contexts: Contexts
  readonly env: Readonly<Record<string, string>>
  readonly github: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly workspace: string
}

/** The folder of our action, for `rollbook/rollbook@v1` and `$/actions/…`; undefined for somebody else's. */
const ourAction = (uses: string): string | undefined => {
  if (/^rollbook\/rollbook@/.test(uses)) return ACTION
  return uses.startsWith('$/') ? join(ACTION, uses.slice(2)) : undefined
}

/** Actions of others, which here have nothing to do: the workspace is there, and nobody fetches an artifact. */
const IDLE = /^actions\/(checkout|upload-artifact)@/

/** Does the steps of a job one after the other, with conditions, and outputs that reach the steps behind them. */
export const runSteps = async (steps: readonly Step[], job: JobRun): Promise<readonly StepEnd[]> => {
  const ends: StepEnd[] = []
  const outputsById: Record<string, unknown> = {}
  let status: Status = FINE
  for (const step of steps) {
    const name = step.name ?? step.uses ?? step.run ?? ''
    const contexts = { ...job.contexts, env: job.env, steps: outputsById }
    const end: StepEnd = holds(step.if, contexts, status)
      ? { step: name, ...(await runStep(step, contexts, job)) }
      : { step: name, outcome: 'skipped', outputs: {} }
    ends.push(end)
    if (step.id !== undefined) outputsById[step.id] = { outputs: end.outputs, outcome: end.outcome }
    if (end.outcome === 'failure') status = { ...status, success: false, failure: true }
  }
  return ends
}

const runStep = async (step: Step, contexts: Contexts, job: JobRun): Promise<Omit<StepEnd, 'step'>> => {
  const env = { ...job.env, ...filledMap(step.env, contexts) }
  if (step.run !== undefined) return runScript(step.run, env, job)
  const uses = step.uses ?? ''
  const action = ourAction(uses)
  if (action === undefined) {
    if (!IDLE.test(uses)) throw new Error(`The emulated runner does not know ${uses}`)
    return { outcome: 'success', outputs: {} }
  }
  const { secrets, github, workspace } = job
  const inputs = filledMap(step.with, contexts)
  const run = await runAction({ action, inputs, env, secrets, github, cwd: workspace })
  return { outcome: run.conclusion, outputs: run.outputs, action: run }
}

/** As `shell: bash` that nobody named: `bash -e`. */
const runScript = async (
  script: string,
  env: Readonly<Record<string, string>>,
  { github, workspace }: JobRun,
): Promise<Omit<StepEnd, 'step'>> => {
  const folder = await mkdtemp(join(tmpdir(), 'script-'))
  try {
    const output = join(folder, 'output')
    await writeFile(output, '')
    const known = Object.entries(github).map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value])
    const child = spawn('bash', ['-e', '-c', script], {
      cwd: workspace,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        RUNNER_TEMP: folder,
        ...Object.fromEntries(known),
        GITHUB_OUTPUT: output,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let log = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (piece: string) => {
        log += piece
      })
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once('error', reject).once('close', resolve),
    )
    const outputs = Object.fromEntries(parsePairs(await readFile(output, 'utf8')).pairs)
    return { outcome: code === 0 ? 'success' : 'failure', outputs, log }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
