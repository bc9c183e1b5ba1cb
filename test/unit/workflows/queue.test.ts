import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filledText } from '../../support/workflow/expression.ts'
import { contextsOf, readWorkflow } from '../../support/workflow/workflow.ts'

// Who waits for whom? The groups of all jobs, with GitHub's own evaluator: those that go to the same hosts are in one queue.

const root = resolve(import.meta.dirname, '../../..')
const templates = readdirSync(resolve(root, 'workflows-templates'))
  .filter(name => name.endsWith('.yml'))
  .map(name => `workflows-templates/${name}`)

type Inputs = Readonly<Record<string, unknown>>

/** The group of a job, as it is for a run with these inputs; empty for one that has none. */
const groupOf = (path: string, id: string, by: string, inputs: Inputs = {}, run = '4004'): string => {
  const workflow = readWorkflow(path)
  const job = workflow.jobs[id] as { concurrency?: { group: string } } | undefined
  const contexts = contextsOf(workflow, { workspace: '/', inputs, github: { run_id: run } }, by)
  return filledText(job?.concurrency?.group ?? '', { ...contexts, matrix: { site: 'porto' } })
}

/** What the environments of templates are called where that is not production. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'workflows-templates/rollback-fleet.yml': 'deploy-porto',
  'workflows-templates/drill-monthly.yml': 'deploy-staging',
}

describe.each(templates)('%s', path => {
  const [by = ''] = Object.keys(readWorkflow(path).on ?? {})
  const ids = Object.keys(readWorkflow(path).jobs).filter(id => id !== 'plan')

  test.each(ids)('the job %s waits for everybody else who goes to these hosts', id => {
    const event = typeof readWorkflow(path).on === 'string' ? String(readWorkflow(path).on) : by
    const inputs = path.endsWith('operations.yml') ? { operation: 'undo' } : {}
    expect(groupOf(path, id, event, inputs)).toBe(ELSEWHERE[path] ?? 'deploy-production')
  })
})

describe('what only looks waits for nobody, not even for another look', () => {
  test.each<[string, string, string, Inputs]>([
    ['workflows-templates/rollback.yml', 'rollback', 'workflow_dispatch', { 'plan-only': true }],
    ['workflows-templates/rollback-self-hosted.yml', 'rollback', 'workflow_dispatch', { 'plan-only': true }],
    ['workflows-templates/rollback-fleet.yml', 'rollback', 'workflow_dispatch', { 'plan-only': true }],
    ['workflows-templates/operations.yml', 'rollbook', 'workflow_dispatch', { operation: 'status' }],
    ['.github/workflows/rollback.yml', 'rollback', 'workflow_call', { operation: 'plan' }],
    ['.github/workflows/rollback.yml', 'rollback', 'workflow_call', { operation: 'status' }],
  ])('%s: %s, by %s, with %o', (path, id, by, inputs) => {
    const group = groupOf(path, id, by, inputs)
    expect(group).not.toContain('deploy-')
    expect(group).not.toBe(groupOf(path, id, by, inputs, '4005'))
  })
})

describe('a workflow that is called', () => {
  test.each<[string, string, Inputs, string]>([
    ['rollback.yml', 'rollback', {}, 'deploy-production'],
    ['rollback.yml', 'rollback', { environment: 'staging' }, 'deploy-staging'],
    ['rollback.yml', 'rollback', { environment: 'staging', 'concurrency-group': 'ours' }, 'ours'],
    ['auto-rollback.yml', 'rollback', {}, 'deploy-production'],
    ['auto-rollback.yml', 'rollback', { 'concurrency-group': 'ours' }, 'ours'],
    ['drill.yml', 'drill', { environment: 'staging' }, 'deploy-staging'],
    ['drill-issue.yml', 'drill', { environment: 'staging', 'concurrency-group': 'ours' }, 'ours'],
  ])('%s: the job %s with %o is in the group %s', (name, id, inputs, expected) => {
    expect(groupOf(`.github/workflows/${name}`, id, 'workflow_call', inputs)).toBe(expected)
  })
})
