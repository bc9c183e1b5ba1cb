import { describe, expect, test } from 'vitest'
import { type Contexts, holds } from '../../support/workflow/expression.ts'
import type { Result } from '../../support/workflow/job.ts'
import { contextsOf, readWorkflow, statusOf } from '../../support/workflow/workflow.ts'

// When do the jobs that go back by themselves start? Their `if:`, in GitHub's own evaluator, for what can happen.

/** A deploy and how the run stands by then: what it tells, and whether somebody pressed *Cancel workflow*. */
const DEPLOYS: readonly [string, Result, string, boolean, boolean][] = [
  ['went well', 'success', 'true', false, false],
  ['failed after it had touched the hosts', 'failure', 'true', false, true],
  ['had a step that took too long, which is a failure', 'failure', 'true', false, true],
  ['took too long as a job, or was replaced in the queue', 'cancelled', 'true', false, true],
  ['was cancelled by hand, with the whole run', 'cancelled', 'true', true, false],
  ['failed, and then the run was cancelled by hand', 'failure', 'true', true, false],
  ['was stopped by guard, or failed in the checkout', 'failure', 'false', false, false],
  ['was rejected by a reviewer, or lost its runner', 'failure', '', false, false],
  ['was skipped, because the build failed', 'skipped', '', false, false],
]

const starts = (path: string, contexts: Contexts, deploy: Result, cancelled: boolean): boolean =>
  holds(readWorkflow(path).jobs.rollback?.if, contexts, { ...statusOf([deploy]), cancelled })

describe.each(DEPLOYS)('a deploy that %s', (_, result, touched, cancelled, expected) => {
  const word = expected ? 'starts' : 'does not start'

  test(`${word} the job of deploy-auto-rollback.yml`, () => {
    const needs = { deploy: { result, outputs: touched === '' ? {} : { touched } } }
    expect(starts('workflows-templates/deploy-auto-rollback.yml', { needs }, result, cancelled)).toBe(
      expected,
    )
  })

  test(`${word} the job of auto-rollback.yml, called with what the job told`, () => {
    const inputs = { 'deploy-result': result, touched }
    // The job in a called workflow needs nothing itself.
    expect(starts('.github/workflows/auto-rollback.yml', { inputs }, 'success', cancelled)).toBe(expected)
  })
})

describe('the workflow Deploy has ended', () => {
  const PATH = 'workflows-templates/rollback-after-workflow.yml'
  const RUN = {
    conclusion: 'failure',
    name: 'Deploy',
    event: 'push',
    head_branch: 'main',
    head_repository: { full_name: 'acme/shop' },
  }
  const startsAfter = (run: object): boolean => {
    const event = { workflow_run: { ...RUN, ...run }, repository: { default_branch: 'main' } }
    const contexts = contextsOf(readWorkflow(PATH), { workspace: '/', event }, 'workflow_run')
    return starts(PATH, contexts, 'success', false)
  }

  test.each([
    ['failed', {}, true],
    ['timed out', { conclusion: 'timed_out' }, true],
    ['went well', { conclusion: 'success' }, false],
    ['was cancelled by hand', { conclusion: 'cancelled' }, false],
    ['was skipped', { conclusion: 'skipped' }, false],
    ['waits for an approval', { conclusion: 'action_required' }, false],
    ['could not even start', { conclusion: 'startup_failure' }, false],
    ['failed on another branch', { head_branch: 'feature' }, false],
    ['failed for a pull request', { event: 'pull_request' }, false],
    ['failed in a fork', { head_repository: { full_name: 'mallory/shop' } }, false],
    ['was this one itself', { name: 'Rollback after Deploy' }, false],
  ])('it %s', (_, run, expected) => {
    expect(startsAfter(run)).toBe(expected)
  })

  test('no rollback workflow is among those that it waits for', () => {
    expect(readWorkflow(PATH).on.workflow_run).toMatchObject({ workflows: ['Deploy'], types: ['completed'] })
  })
})

describe('a deployment has a new status', () => {
  const PATH = 'workflows-templates/rollback-after-deployment.yml'

  test.each([
    ['it failed', 'failure', 'production', 'deploy', true],
    ['it could not be made', 'error', 'production', 'deploy', true],
    ['it went well', 'success', 'production', 'deploy', false],
    ['it is under way', 'in_progress', 'production', 'deploy', false],
    ['it failed somewhere else', 'failure', 'staging', 'deploy', false],
    ['a rollback failed', 'failure', 'production', 'rollback', false],
    ['an undo failed', 'failure', 'production', 'rollback:undo', false],
  ])('%s', (_, state, environment, task, expected) => {
    const event = { deployment_status: { state }, deployment: { environment, task, id: 7 } }
    const contexts = contextsOf(readWorkflow(PATH), { workspace: '/', event }, 'deployment_status')
    expect(starts(PATH, contexts, 'success', false)).toBe(expected)
  })
})

test('nothing comes after a rollback: no job of a template needs one that goes back', () => {
  const { jobs } = readWorkflow('workflows-templates/deploy-auto-rollback.yml')
  expect(Object.entries(jobs).map(([id, { needs }]) => [id, needs])).toEqual([
    ['deploy', undefined],
    ['rollback', 'deploy'],
  ])
})
