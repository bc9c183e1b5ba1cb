import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { ACTION } from '../support/production.ts'
import { makeShop, outcomesOf, type Shop, sha, told } from './shop.ts'

// The jobs of docs/guides/watch.md, pasted below the template of a deploy as the guide says.

const read = (path: string): Promise<string> => readFile(join(ACTION, path), 'utf8')

const pasted = async ({ production }: Shop): Promise<string> => {
  const { jobs, ...workflow } = parse(await read('workflows-templates/deploy.yml'))
  expect(jobs.deploy.steps.at(-1).name).toBe('It is good')
  const guide = /^```yaml\n(jobs:\n.*?)^```$/ms.exec(await read('docs/guides/watch.md'))?.[1] ?? ''
  const deploy = { ...jobs.deploy, steps: jobs.deploy.steps.slice(0, -1) }
  const path = join(production.workspace, 'pasted.yml')
  await writeFile(path, stringify({ ...workflow, jobs: { deploy, ...parse(guide).jobs } }))
  return path
}

const FAILING = { http: '/healthz', failing: true }
/** A line of the runbook. */
const trigger = (lasting: string, action: string) => ({
  when: FAILING,
  for: lasting,
  // biome-ignore lint/suspicious/noThenProperty: the word of the runbook
  then: action,
})
const SHORT = { triggers: [trigger('1s', 'rollback')], watch: { for: '3s', every: '1s' } }
/** It asks long before it would go back by itself. */
const ASKS = {
  triggers: [trigger('1s', 'ask'), trigger('5m', 'rollback')],
  watch: { for: '5m', every: '1s' },
}

describe.concurrent('a deploy with the jobs of the guide', { timeout: 300_000 }, () => {
  const push = async (shop: Shop) =>
    shop.run(await pasted(shop), 'push', { github: { sha: sha(4), run_number: '4' } })

  test('nothing fires: what was watched is good, and nobody is asked', async () => {
    await using shop = await makeShop(SHORT)
    await shop.commit('4', 200)
    const run = await push(shop)
    expect(outcomesOf(run.deploy), told(run.deploy)).toEqual(['clear', 'recorded'])
    expect(run.watch?.outputs, told(run.watch)).toMatchObject({ outcome: 'watched', release: '4' })
    expect(outcomesOf(run.good), told(run.good)).toEqual(['recorded'])
    expect(run.decide?.result).toBe('skipped')
    const ledger = join(shop.production.machines[0].ssh.home, '.rollbook/shop/production/ledger.jsonl')
    expect(await readFile(ledger, 'utf8')).toMatch(/"event":"good","release":"4"/)
  })

  test('it waits for a person, who says go back; and it was never called good', async () => {
    await using shop = await makeShop(ASKS)
    await shop.commit('4', 500)
    const run = await shop.run(await pasted(shop), 'push', {
      github: { sha: sha(4), run_number: '4' },
      // What the deploy looks at is well; what is watched is not.
      vars: { HEALTH_URL: 'file:///dev/null' },
    })
    expect(run.watch?.outputs, told(run.watch)).toMatchObject({ decision: 'ask' })
    expect(run.watch?.result).toBe('failure')
    expect(run.good?.result).toBe('skipped')
    expect(outcomesOf(run.decide), told(run.decide)).toEqual(['rolled-back'])
    expect(shop.live()).toBe('3')
  })
})
