import { describe, expect, test } from 'vitest'
import { left as leftBehind } from '../../../src/github/deployment-words.ts'
import { report } from '../../support/reports.ts'
import { type Contexts, FINE, holds } from '../../support/workflow/expression.ts'
import type { Result } from '../../support/workflow/job.ts'
import { contextsOf, readWorkflow, statusOf } from '../../support/workflow/workflow.ts'

// When do the jobs that go back by themselves start? Their `if:`, in GitHub's own evaluator, for what can happen.

/** What Rollbook says of the deployment whose release it left. */
const left = (): string => leftBehind(report())?.description ?? ''

/** A deploy and how the run stands by then: what it tells, and whether somebody pressed *Cancel workflow*. */
const DEPLOYS: readonly [string, Result, string, boolean, boolean][] = [
  ['went well', 'success', 'true', false, false],
  ['failed after it had touched the hosts', 'failure', 'true', false, true],
  ['had a step that took too long, which is a failure', 'failure', 'true', false, true],
  ['took too long as a job', 'cancelled', 'true', false, true],
  ['was thrown out of the queue before it began', 'cancelled', '', false, false],
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

  test(`${word} the job of deploy-watch.yml, as long as nothing was watched`, () => {
    const needs = { deploy: { result, outputs: touched === '' ? {} : { touched } } }
    expect(starts('workflows-templates/deploy-watch.yml', { needs }, result, cancelled)).toBe(expected)
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
    ['failed, started by hand', { event: 'workflow_dispatch' }, true],
    ['failed for a pull request', { event: 'pull_request' }, false],
    ['failed for a pull request, with our rights', { event: 'pull_request_target' }, false],
    ['failed for what a stranger wrote', { event: 'issue_comment' }, false],
    ['failed after a workflow that strangers can start', { event: 'workflow_run' }, false],
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
  const TOOL = { environment: 'production', task: 'deploy', id: 7, creator: { login: 'deployer[bot]' } }

  test.each([
    ['it failed', { state: 'failure' }, {}, true],
    ['it could not be made', { state: 'error' }, {}, true],
    ['it went well', { state: 'success' }, {}, false],
    ['it is under way', { state: 'in_progress' }, {}, false],
    ['it failed somewhere else', { state: 'failure' }, { environment: 'staging' }, false],
    ['a rollback failed', { state: 'failure' }, { task: 'rollback' }, false],
    ['an undo failed', { state: 'failure' }, { task: 'rollback:undo' }, false],
    ['it was left by a rollback', { state: 'failure', description: left() }, {}, false],
    [
      'GitHub made it for a job, perhaps this one',
      { state: 'failure' },
      { creator: { login: 'mei' }, performed_via_github_app: { slug: 'github-actions' } },
      false,
    ],
    ['a job made it', { state: 'failure' }, { creator: { login: 'github-actions[bot]' } }, false],
    ['an app made it', { state: 'failure' }, { performed_via_github_app: { slug: 'deployer' } }, true],
  ])('%s', (_, status, more, expected) => {
    const event = { deployment_status: status, deployment: { ...TOOL, ...more } }
    const contexts = contextsOf(readWorkflow(PATH), { workspace: '/', event }, 'deployment_status')
    expect(starts(PATH, contexts, 'success', false)).toBe(expected)
  })
})

describe('a rollback with approval', () => {
  const { steps: [first, second] = [] } =
    readWorkflow('workflows-templates/rollback-approved.yml').jobs.rollback ?? {}
  const begins = (step: typeof first, outputs: object, status = FINE): boolean =>
    holds(step?.if, { needs: { plan: { outputs } } }, status)

  test('goes to what was approved', () => {
    expect(begins(first, { to: '2' })).toBe(false)
    expect(begins(second, { to: '2' })).toBe(true)
  })

  test('goes nowhere when GitHub has dropped the name of it: an empty target would mean the previous release', () => {
    expect(begins(first, {})).toBe(true)
    expect(first?.run).toBe('exit 1')
    expect(begins(second, {}, { ...FINE, success: false, failure: true })).toBe(false)
  })
})

test.each(['deploy-auto-rollback.yml', 'deploy-watch.yml'])(
  'nothing comes after a rollback: no job of %s needs one that goes back',
  name => {
    const { jobs } = readWorkflow(`workflows-templates/${name}`)
    expect(Object.entries(jobs).map(([id, { needs }]) => [id, needs])).toEqual([
      ['deploy', undefined],
      ['rollback', 'deploy'],
    ])
  },
)
