import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeFolder } from '../support/folder.ts'
import { makeProduction, type Production } from '../support/production.ts'
import { runWorkflow } from '../support/workflow/workflow.ts'
import { makeShop, outcomesOf, SAY_GOOD, type Shop, sha, stoppedAt, told } from './shop.ts'

const template = (name: string): string => `workflows-templates/${name}.yml`
const WHY = { environment: 'production', reason: 'checkout answers 500' }

describe.concurrent('by hand', { timeout: 300_000 }, () => {
  test('a plan first, which changes nothing; then the rollback; and the queued deploy is stopped', async () => {
    await using shop = await makeShop()
    const plan = await shop.run(template('rollback'), 'workflow_dispatch', {
      inputs: { ...WHY, 'plan-only': true },
    })
    expect(outcomesOf(plan.rollback), told(plan.rollback)).toEqual(['planned'])
    expect(shop.live()).toBe('3')

    const back = await shop.run(template('rollback'), 'workflow_dispatch', { inputs: WHY })
    expect(outcomesOf(back.rollback), told(back.rollback)).toEqual(['rolled-back'])
    expect(shop.live()).toBe('2')

    // It has waited in the queue all the time, for the commit that was just left.
    await shop.commit('3', 500)
    const queued = await shop.run(template('deploy'), 'push', { github: { sha: sha(3), run_number: '4' } })
    expect(stoppedAt(queued.deploy), told(queued.deploy)).toBe('May it be deployed?')
    expect(queued.deploy?.steps.slice(2).map(({ outcome }) => outcome)).toEqual(Array(4).fill('skipped'))
    expect(shop.live()).toBe('2')

    const undone = await shop.run(template('operations'), 'workflow_dispatch', {
      inputs: { ...WHY, operation: 'undo' },
    })
    expect(outcomesOf(undone.rollbook), told(undone.rollbook)).toEqual(['undone'])
    expect(shop.live()).toBe('3')
  })

  test.each(['status', 'prune'])('operations: %s, and no release is touched', async operation => {
    await using shop = await makeShop()
    const run = await shop.run(template('operations'), 'workflow_dispatch', {
      inputs: { environment: 'production', operation },
    })
    expect(run.rollbook?.result, told(run.rollbook)).toBe('success')
    expect(shop.live()).toBe('3')
  })

  test('with approval: what was planned is what is done, whatever is previous by then', async () => {
    await using shop = await makeShop()
    const run = await shop.run(template('rollback-approved'), 'workflow_dispatch', {
      inputs: WHY,
      async before(job) {
        if (job !== 'rollback') return
        // While it waits for the approval, a deploy goes through, and 3 is what came before.
        await shop.commit('4', 200)
        await shop.run(template('deploy'), 'push', { github: { sha: sha(4), run_number: '4' } })
        expect(shop.live()).toBe('4')
      },
    })
    expect(run.plan?.outputs, told(run.plan)).toEqual({ to: '2' })
    expect(outcomesOf(run.rollback), told(run.rollback)).toEqual(['rolled-back'])
    expect(run.rollback?.steps.map(({ outcome }) => outcome)).toEqual(['skipped', 'success', 'success'])
    expect(run.rollback?.steps[1]?.outputs).toMatchObject({ from: '4', to: '2' })
  })

  test('with approval: where there is nothing to go back to, nobody is asked', async () => {
    await using shop = await makeShop()
    const run = await shop.run(template('rollback-approved'), 'workflow_dispatch', {
      inputs: { ...WHY, target: '99' },
    })
    expect(outcomesOf(run.plan)).toEqual(['refused'])
    expect(run.rollback?.result).toBe('skipped')
  })

  test('on the server itself, without SSH', async () => {
    await using shop = await makeShop()
    await using home = await makeFolder('home')
    const [{ site, ssh }] = shop.production.machines
    const run = await shop.run(template('rollback-self-hosted'), 'workflow_dispatch', {
      inputs: WHY,
      vars: { DEPLOY_PATH: site.path },
      env: { HOME: home.path },
    })
    expect(outcomesOf(run.rollback), told(run.rollback)).toEqual(['rolled-back'])
    expect(shop.live()).toBe('2')
    expect(ssh.counts.connections).toBe(0)
  })
})

describe.concurrent('a fleet', { timeout: 300_000 }, () => {
  const SITES = ['berlin', 'lisbon', 'porto']

  /** Three sites of one server each, that have nothing to do with each other; going back at Lisbon does not help. */
  const makeFleet = (): Promise<Production> => {
    const site = { releases: ['1', '2', '3'], live: '3' }
    return makeProduction({
      machines: { berlin: site, lisbon: { ...site, broken: ['2'] }, porto: site },
      runbook: ({ hosts, urls }) => ({
        rollback: { verify: [{ http: '/healthz', attempts: 2, every: '200ms', consecutive: 1 }] },
        top: {
          environments: Object.fromEntries(
            SITES.map((name, at) => [name, { url: urls[at], hosts: { [name]: hosts[name] } }]),
          ),
        },
      }),
    })
  }
  const run = ({ workspace, inputs, key }: Production, site: string) =>
    runWorkflow(template('rollback-fleet'), 'workflow_dispatch', {
      workspace,
      inputs: { site, reason: 'checkout answers 500' },
      vars: { KNOWN_HOSTS: inputs['known-hosts'] },
      secrets: { SSH_PRIVATE_KEY: key.private },
    })

  test('each site for itself: one that has to be restored does not stop the others', async () => {
    await using fleet = await makeFleet()
    const { rollback } = await run(fleet, 'all')
    expect(outcomesOf(rollback), told(rollback)).toEqual(['rolled-back', 'restored', 'rolled-back'])
    expect(rollback?.result).toBe('failure')
    expect(fleet.machines.map(({ site }) => site.live())).toEqual(['2', '3', '2'])
  })

  test('one of them alone', async () => {
    await using fleet = await makeFleet()
    const { rollback } = await run(fleet, 'porto')
    expect(outcomesOf(rollback), told(rollback)).toEqual(['rolled-back'])
    expect(fleet.machines.map(({ site }) => site.live())).toEqual(['3', '3', '2'])
  })
})

describe.concurrent('after somebody else’s deploy', { timeout: 300_000 }, () => {
  test('a deployment failed: back to the last good release; told again, nothing is changed', async () => {
    await using shop = await makeShop()
    await shop.run(template('operations'), 'workflow_dispatch', SAY_GOOD)
    await shop.commit('4', 500)
    await shop.run(template('deploy'), 'push', { github: { sha: sha(4), run_number: '4' } })
    expect(shop.live()).toBe('4')
    const event = {
      deployment_status: { state: 'failure' },
      deployment: { environment: 'production', task: 'deploy', id: 7 },
    }
    const failed = () => shop.run(template('rollback-after-deployment'), 'deployment_status', { event })
    expect(outcomesOf((await failed()).rollback)).toEqual(['rolled-back'])
    expect(shop.live()).toBe('3')
    expect(outcomesOf((await failed()).rollback)).toEqual(['unchanged'])

    const ledger = join(shop.production.machines[0].ssh.home, '.rollbook/shop/production/ledger.jsonl')
    expect(await readFile(ledger, 'utf8')).toContain('deployment 7 ended with failure')
  })
})

describe.concurrent('a deploy that is watched', { timeout: 300_000 }, () => {
  const TRIGGERS = {
    // biome-ignore lint/suspicious/noThenProperty: the word of the runbook
    triggers: [{ when: { http: '/healthz', failing: true }, for: '1s', then: 'rollback' }],
    watch: { for: '3s', every: '1s' },
  }
  const deploy = (shop: Shop) =>
    shop.run(template('deploy-watch'), 'push', { github: { sha: sha(4), run_number: '4' } })

  test('nothing fires: it is good, and the next rollback may go back to it', async () => {
    await using shop = await makeShop(TRIGGERS)
    await shop.commit('4', 200)
    const run = await deploy(shop)
    expect(outcomesOf(run.deploy), told(run.deploy)).toEqual(['clear', 'recorded', 'watched', 'recorded'])
    expect(run.deploy?.result).toBe('success')
    expect(shop.live()).toBe('4')
  })

  test('a trigger fires: it is back where it was, and the deploy is red and never called good', async () => {
    await using shop = await makeShop(TRIGGERS)
    await shop.commit('4', 500)
    const run = await deploy(shop)
    expect(outcomesOf(run.deploy), told(run.deploy)).toEqual(['clear', 'recorded', 'rolled-back'])
    expect(stoppedAt(run.deploy)).toBe('It was rolled back')
    expect(run.deploy?.steps.at(-1)?.outcome).toBe('skipped')
    // It is back already; the last good release may be another one.
    expect(run.deploy?.outputs).toEqual({ touched: 'false' })
    expect(run.rollback?.result).toBe('skipped')
    expect(shop.live()).toBe('3')
  })

  test('deploy.sh fails after it has switched: back to the last good release, though nothing was watched', async () => {
    await using shop = await makeShop(TRIGGERS)
    await shop.run(template('operations'), 'workflow_dispatch', SAY_GOOD)
    await shop.commit('4', 500)
    const script = await readFile(join(shop.production.workspace, 'deploy.sh'), 'utf8')
    await shop.deployBy(`${script}exit 1\n`)
    const run = await deploy(shop)
    expect(stoppedAt(run.deploy), told(run.deploy)).toBe('Deploy')
    expect(run.deploy?.outputs).toEqual({ touched: 'true' })
    expect(outcomesOf(run.rollback), told(run.rollback)).toEqual(['rolled-back'])
    expect(shop.live()).toBe('3')
  })
})
