import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import { ACTION } from '../production.ts'
import { githubContext } from '../runner/environment.ts'
import { type Contexts, filled, filledMap, filledText, holds, type Status } from './expression.ts'
import { type Result, runSteps, type Step, type StepEnd } from './job.ts'

type Values = Readonly<Record<string, unknown>>

interface Job {
  readonly needs?: string | readonly string[]
  readonly if?: string
  readonly env?: Values
  readonly outputs?: Values
  readonly steps?: readonly Step[]
  readonly strategy?: { readonly matrix?: Values }
  readonly uses?: string
  readonly with?: Values
  readonly secrets?: Values
}

export interface Workflow {
  readonly name: string
  readonly on: Readonly<Record<string, { readonly inputs?: Values; readonly outputs?: Values } | null>>
  readonly env?: Values
  readonly jobs: Readonly<Record<string, Job>>
}

/** What a run begins with. */
export interface Start {
  readonly workspace: string
  /** Texts of the `github` context that differ from the made-up ones, such as `sha`. */
  readonly github?: Readonly<Record<string, string>>
  /** The payload of the event, `github.event`. */
  readonly event?: Values
  /** What was filled in, or given by the calling job; the rest has its default. */
  readonly inputs?: Values
  readonly vars?: Values
  readonly secrets?: Readonly<Record<string, string>>
  /** Variables of the runner itself. */
  readonly env?: Readonly<Record<string, string>>
  /** What happens before a job begins, for instance while it waits for an approval. */
  readonly before?: (job: string) => Promise<void>
}

export interface JobEnd {
  readonly result: Result
  readonly outputs: Readonly<Record<string, string>>
  /** In order; of a job with a matrix, those of all its jobs. */
  readonly steps: readonly StepEnd[]
}

export const readWorkflow = (path: string): Workflow => parse(readFileSync(resolve(ACTION, path), 'utf8'))

/** The contexts that a job of this run can have, but for `needs` and `matrix`. */
export const contextsOf = (workflow: Workflow, start: Start, by: string): Contexts => {
  const declared = Object.entries(workflow.on[by]?.inputs ?? {}).map(([name, input]) => [
    name,
    (input as { default?: unknown; type?: string }).default ?? emptyOf(input),
  ])
  return {
    github: {
      ...githubContext(start.workspace, '', { workflow: workflow.name, ...start.github }),
      event: start.event ?? {},
    },
    inputs: { ...Object.fromEntries(declared), ...start.inputs },
    vars: start.vars ?? {},
    secrets: start.secrets ?? {},
  }
}

const emptyOf = (input: unknown): unknown =>
  ({ boolean: false, number: 0 })[(input as { type?: string }).type ?? ''] ?? ''

/** The functions `success()` and `failure()` of a job look at all that it builds on. */
export const statusOf = (results: readonly Result[]): Status => ({
  success: results.every(result => result === 'success'),
  failure: results.includes('failure'),
  cancelled: false,
})

const needsOf = ({ needs = [] }: Job): readonly string[] => (typeof needs === 'string' ? [needs] : needs)

/**
 * Runs the jobs of a workflow one after the other, each in the order of the file: conditions, matrix, outputs, calls of
 * our reusable workflows. It has one runner, so that nothing of concurrency is tried here.
 *
 * @param by what started it, e.g. `workflow_dispatch`.
 */
export const runWorkflow = async (
  path: string,
  by: string,
  start: Start,
): Promise<Readonly<Record<string, JobEnd>>> => {
  const workflow = readWorkflow(path)
  const contexts = contextsOf(workflow, start, by)
  const ends: Record<string, JobEnd> = {}
  for (const [id, job] of Object.entries(workflow.jobs)) {
    const needs = Object.fromEntries(needsOf(job).map(name => [name, ends[name]]))
    const status = statusOf(Object.values(needs).map(end => end?.result ?? 'skipped'))
    const known = { ...contexts, needs, strategy: {}, matrix: {} }
    await start.before?.(id)
    ends[id] = holds(job.if, known, status)
      ? await runJob(workflow, job, known, start)
      : { result: 'skipped', outputs: {}, steps: [] }
  }
  return ends
}

const runJob = async (workflow: Workflow, job: Job, contexts: Contexts, start: Start): Promise<JobEnd> => {
  if (job.uses !== undefined) return callWorkflow(job, contexts, start)
  const ends: JobEnd[] = []
  for (const matrix of combinations(job.strategy?.matrix, contexts))
    ends.push(await runOne(workflow, job, { ...contexts, matrix }, start))
  return {
    result: ends.some(({ result }) => result === 'failure') ? 'failure' : 'success',
    outputs: Object.assign({}, ...ends.map(({ outputs }) => outputs)),
    steps: ends.flatMap(({ steps }) => steps),
  }
}

/** One dimension is all that our templates have. */
const combinations = (matrix: Values | undefined, contexts: Contexts): readonly Values[] => {
  const [[name, list] = []] = Object.entries(matrix ?? {})
  if (name === undefined) return [{}]
  return (filled(list, contexts) as unknown[]).map(value => ({ [name]: value }))
}

const runOne = async (workflow: Workflow, job: Job, contexts: Contexts, start: Start): Promise<JobEnd> => {
  const env = {
    ...start.env,
    ...filledMap(workflow.env, contexts),
    ...filledMap(job.env, contexts),
  }
  const steps = await runSteps(job.steps ?? [], {
    contexts,
    env,
    github: { workflow: workflow.name, ...start.github },
    secrets: Object.values(start.secrets ?? {}),
    workspace: start.workspace,
  })
  const byId = Object.fromEntries(
    (job.steps ?? []).flatMap(({ id }, at) => (id === undefined ? [] : [[id, steps[at]]])),
  )
  return {
    result: steps.some(({ outcome }) => outcome === 'failure') ? 'failure' : 'success',
    outputs: filledMap(job.outputs, { ...contexts, steps: byId }),
    steps,
  }
}

const callWorkflow = async (job: Job, contexts: Contexts, start: Start): Promise<JobEnd> => {
  const path = /^rollbook\/rollbook\/(.+)@/.exec(job.uses ?? '')?.[1]
  if (path === undefined) throw new Error(`The emulated runner does not know ${job.uses}`)
  const inputs = Object.fromEntries(
    Object.entries(job.with ?? {}).map(([name, value]) => [name, filled(value, contexts)]),
  )
  const secrets = filledMap(job.secrets, contexts)
  const jobs = await runWorkflow(path, 'workflow_call', { ...start, inputs, secrets })
  const declared = readWorkflow(path).on.workflow_call?.outputs ?? {}
  const results = Object.values(jobs).map(({ result }) => result)
  return {
    result: results.includes('failure')
      ? 'failure'
      : results.every(result => result === 'skipped')
        ? 'skipped'
        : 'success',
    outputs: Object.fromEntries(
      Object.entries(declared).map(([name, output]) => [
        name,
        filledText((output as { value: string }).value, { jobs }),
      ]),
    ),
    steps: Object.values(jobs).flatMap(({ steps }) => steps),
  }
}
