import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { githubContext } from './runner/environment.ts'
import { type Manifest, readManifest, resolveInputs } from './runner/manifest.ts'
import { makeMasks } from './runner/masks.ts'
import { PATIENCE, type Patience, type Stop } from './runner/node.ts'
import { runStage, type StagePlan, type StageRun } from './runner/stage.ts'

export interface Job {
  /** Folder with `action.yml`. */
  readonly action: string
  /** What stands under `with:`. */
  readonly inputs?: Readonly<Record<string, string>>
  /** What stands under `env:`. */
  readonly env?: Readonly<Record<string, string>>
  /** Values that the log must never show. */
  readonly secrets?: readonly string[]
  /** Fields of the `github` context that differ from the made-up ones, e.g. `token`, `api_url`, `actor`. */
  readonly github?: Readonly<Record<string, string>>
  /** The workspace; a fresh folder when it isn't given. */
  readonly cwd?: string
  /** The node to run with; Node 24 of the development dependencies, else the node that runs this. */
  readonly node?: string
  /** Milliseconds after which *Cancel workflow* is pressed. */
  readonly signalAfter?: number
  /** Milliseconds after which node is killed, as by a runner that dies. */
  readonly killAfter?: number
  /** Looks at each raw line of main and may stop it there. */
  readonly until?: (line: string) => Stop | undefined
  /** Stops main when it settles. */
  readonly when?: Promise<Stop>
  /** The runner dies with main: nobody is there any more who would run `post`. */
  readonly runnerDies?: boolean
  readonly patience?: Partial<Patience>
  /** Looks at everything that the run has left on the runner, before that is removed. */
  readonly left?: (folder: string) => Promise<void> | void
  /** Is told each masked line of the log as it appears. */
  readonly onLine?: (line: string) => void
}

/** What main did; `summary`, `log`, `rawLog` and `annotations` are those of main and post together. */
export interface ActionRun extends StageRun {
  readonly conclusion: 'success' | 'failure' | 'cancelled'
  readonly main: StageRun
  /** Undefined when the action has none, or its `post-if` says no. */
  readonly post: StageRun | undefined
}

const NODE_24 = resolve(import.meta.dirname, '../../node_modules/.bin/node')

/** No test needs longer; what hangs is killed, so that it fails instead of waiting. */
const LONGEST = 120_000

const postRuns = (manifest: Manifest, conclusion: ActionRun['conclusion']): boolean =>
  ({
    'always()': true,
    'success()': conclusion === 'success',
    'failure()': conclusion === 'failure',
    'cancelled()': conclusion === 'cancelled',
  })[manifest.runs['post-if']]

/** The first of all reasons to stop main; the timers end with `done`. */
const stopOf = (job: Job, done: AbortSignal): Promise<Stop> => {
  const after = (milliseconds: number, how: Stop): Promise<Stop> =>
    sleep(milliseconds, how, { signal: done }).catch(() => new Promise<Stop>(() => {}))
  return Promise.race([
    after(job.killAfter ?? LONGEST, 'SIGKILL'),
    ...(job.signalAfter === undefined ? [] : [after(job.signalAfter, 'SIGINT')]),
    ...(job.when ? [job.when] : []),
  ])
}

const joined = (main: StageRun, post: StageRun | undefined): Partial<StageRun> =>
  post === undefined
    ? {}
    : {
        summary: main.summary + post.summary,
        annotations: [...main.annotations, ...post.annotations],
        log: [...main.log, ...post.log],
        rawLog: [...main.rawLog, ...post.rawLog],
      }

/**
 * Runs a JavaScript action as GitHub's runner does: inputs and contexts as environment, five files for each stage,
 * commands read from stdout and stderr, secrets masked, cancelling by SIGINT, SIGTERM and SIGKILL to the node process
 * alone, and `post` always, whatever became of main. Leaves nothing behind but the workspace it was given.
 *
 * It evaluates no expressions but `github.*`, has no limits of the server, and reaches no network.
 *
 * @throws when `action.yml` can't be read or node can't be started; never because the action failed.
 */
export const runAction = async (job: Job): Promise<ActionRun> => {
  const manifest = await readManifest(job.action)
  const folder = await mkdtemp(join(tmpdir(), 'runner-'))
  const done = new AbortController()
  try {
    const workspace = job.cwd ?? join(folder, 'workspace')
    const temp = join(folder, 'temp')
    for (const path of [workspace, temp]) await mkdir(path, { recursive: true })
    const event = join(temp, 'event.json')
    await writeFile(event, '{"inputs":{}}')
    const github = githubContext(workspace, event, job.github ?? {})
    const masks = makeMasks()
    for (const secret of [github.token ?? '', ...(job.secrets ?? [])]) masks.add(secret)
    const inputs = resolveInputs(manifest, job.inputs ?? {}, github)
    const plan: StagePlan = {
      node: job.node ?? (existsSync(NODE_24) ? NODE_24 : process.execPath),
      script: resolve(job.action, manifest.runs.main),
      workspace,
      temp,
      files: join(folder, 'main'),
      github,
      jobEnv: job.env ?? {},
      inputs: inputs.env,
      warnings: inputs.warnings,
      state: {},
      masks,
      patience: { ...PATIENCE, ...job.patience },
      stop: stopOf(job, done.signal),
      until: job.until ?? (() => undefined),
      shown: job.onLine ?? (() => {}),
    }
    const main = await runStage(plan)
    const conclusion = main.sent.includes('SIGINT') ? 'cancelled' : main.failed ? 'failure' : 'success'
    if (manifest.runs.post === undefined || job.runnerDies || !postRuns(manifest, conclusion))
      return { ...main, conclusion, main, post: undefined }

    const post = await runStage({
      ...plan,
      script: resolve(job.action, manifest.runs.post),
      files: join(folder, 'post'),
      jobEnv: { ...plan.jobEnv, ...main.env },
      warnings: [],
      state: main.state,
      stop: stopOf({ action: job.action }, done.signal),
      until: () => undefined,
    })
    return {
      ...main,
      ...joined(main, post),
      conclusion: conclusion === 'success' && post.failed ? 'failure' : conclusion,
      main,
      post,
    }
  } finally {
    done.abort()
    await job.left?.(folder)
    await rm(folder, { recursive: true, force: true })
  }
}
