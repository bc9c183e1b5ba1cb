import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from './command.ts'
import { type Annotation, openConsole, type StageConsole } from './console.ts'
import { type StageFiles, stageEnvironment } from './environment.ts'
import type { Masks } from './masks.ts'
import { type Patience, runNode, type Stop } from './node.ts'
import { type Pairs, parsePairs } from './pairs.ts'

/** What one stage (main or post) did, as far as anybody outside can see it. */
export interface StageRun {
  readonly exitCode: number
  readonly signal: NodeJS.Signals | undefined
  /** Signals that the runner sent, in order. */
  readonly sent: readonly NodeJS.Signals[]
  /** Exit code not 0, or something that the runner could not process. */
  readonly failed: boolean
  readonly outputs: Readonly<Record<string, string>>
  /** Text of each file that an output names, as a later step of the job would read it. */
  readonly outputFiles: Readonly<Record<string, string>>
  /** Masked; empty when it was larger than 1 MiB. */
  readonly summary: string
  readonly annotations: readonly Annotation[]
  /** Masked lines, as in the job log. */
  readonly log: readonly string[]
  /** The same before the runner touched them. */
  readonly rawLog: readonly string[]
  readonly commands: readonly Command[]
  readonly state: Readonly<Record<string, string>>
  /** Variables and search path that it leaves to later steps. */
  readonly env: Readonly<Record<string, string>>
  readonly path: readonly string[]
  /** From the start of node to its exit. */
  readonly milliseconds: number
}

export interface StagePlan {
  readonly node: string
  readonly script: string
  readonly workspace: string
  /** RUNNER_TEMP. */
  readonly temp: string
  /** A folder for the five files, not yet there. */
  readonly files: string
  readonly github: Readonly<Record<string, string>>
  readonly jobEnv: Readonly<Record<string, string>>
  readonly inputs: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
  readonly state: Readonly<Record<string, string>>
  readonly masks: Masks
  readonly patience: Patience
  readonly stop: Promise<Stop>
  readonly until: (line: string) => Stop | undefined
  readonly shown: (line: string) => void
}

const LARGEST_SUMMARY = 1024 * 1024

/** The file is gone when the action deleted it; the runner takes that for nothing said. */
const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '')

const readPairs = async (name: string, file: string, console: StageConsole): Promise<Pairs> => {
  const said = parsePairs(await read(file))
  if (said.error !== undefined) {
    console.error(`Unable to process file command '${name}' successfully.`)
    console.error(said.error)
  }
  return said
}

const summaryOf = async (file: string, masks: Masks, console: StageConsole): Promise<string> => {
  const text = await read(file)
  if (Buffer.byteLength(text) <= LARGEST_SUMMARY) return text.split('\n').map(masks.mask).join('\n')
  console.error(`$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k`)
  return ''
}

const filesNamedBy = async (outputs: Readonly<Record<string, string>>): Promise<Record<string, string>> => {
  const texts: Record<string, string> = {}
  for (const [name, path] of Object.entries(outputs)) if (path.startsWith('/')) texts[name] = await read(path)
  return texts
}

/** Runs one stage with fresh files and reads them afterwards, however the stage ended. */
export const runStage = async (plan: StagePlan): Promise<StageRun> => {
  await mkdir(plan.files, { recursive: true })
  const files: StageFiles = {
    output: join(plan.files, 'output'),
    state: join(plan.files, 'state'),
    env: join(plan.files, 'env'),
    path: join(plan.files, 'path'),
    step_summary: join(plan.files, 'step_summary'),
  }
  for (const file of Object.values(files)) await writeFile(file, '')

  const console = openConsole(plan.masks, plan.jobEnv.RUNNER_DEBUG === '1', plan.shown)
  for (const warning of plan.warnings) console.warning(warning)
  const end = await runNode({
    node: plan.node,
    script: plan.script,
    cwd: plan.workspace,
    env: stageEnvironment(plan.github, files, plan.temp, plan.jobEnv, plan.inputs, plan.state),
    patience: plan.patience,
    stop: plan.stop,
    line: text => {
      console.line(text)
      return plan.until(text)
    },
  })

  const env = await readPairs('env', files.env, console)
  const output = await readPairs('output', files.output, console)
  const state = await readPairs('state', files.state, console)
  const outputs = Object.fromEntries([...console.outputs, ...output.pairs])
  const allowed = env.pairs.filter(([name]) => name.toUpperCase() !== 'NODE_OPTIONS')
  if (allowed.length < env.pairs.length)
    console.error("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.")
  return {
    ...end,
    failed:
      end.exitCode !== 0 || console.failed || [env, output, state].some(({ error }) => error !== undefined),
    outputs,
    outputFiles: await filesNamedBy(outputs),
    summary: await summaryOf(files.step_summary, plan.masks, console),
    annotations: console.annotations,
    log: console.log,
    rawLog: console.rawLog,
    commands: console.commands,
    state: Object.fromEntries([...console.state, ...state.pairs]),
    env: Object.fromEntries(allowed),
    path: (await read(files.path)).split('\n').filter(line => line !== ''),
  }
}
