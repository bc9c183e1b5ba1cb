import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ACTION } from '../support/production.ts'
import { makeShop, outcomesOf, SAY_GOOD, type Shop, told } from './shop.ts'

/** A workflow of a user that calls ours. */
const called = async ({ production }: Shop, job: string): Promise<string> => {
  const path = join(production.workspace, 'caller.yml')
  await writeFile(path, `name: Caller\non: { push: {} }\njobs:\n${job}`)
  return path
}

const SECRETS = `    secrets:
      SSH_PRIVATE_KEY: \${{ secrets.SSH_PRIVATE_KEY }}
`

/** The call as it stands in the guide, after a job that ended like this. */
const caller = (touched: string): string => {
  const guide = readFileSync(join(ACTION, 'docs/guides/auto-rollback.md'), 'utf8')
  const [, call = ''] = /```yaml\n((?: .*\n)*? +uses: rollbook\/rollbook\/.*?) *```/s.exec(guide) ?? []
  return `  deploy:
    outputs: { touched: '${touched}' }
    steps: [{ run: exit 1 }]
${call}`
}

describe.concurrent('called by a workflow of another repository', { timeout: 300_000 }, () => {
  test('auto-rollback.yml: a failed deploy goes back, and tells its caller', async () => {
    await using shop = await makeShop()
    await shop.run('workflows-templates/operations.yml', 'workflow_dispatch', {
      inputs: { ...SAY_GOOD.inputs, target: '2' },
    })
    const { rollback } = await shop.run(await called(shop, caller('true')), 'push')
    expect(outcomesOf(rollback), told(rollback)).toEqual(['rolled-back'])
    expect(rollback?.outputs).toMatchObject({ outcome: 'rolled-back', from: '3', to: '2' })
    expect(rollback?.outputs['run-id']).not.toBe('')
    expect(shop.live()).toBe('2')
    expect(told(rollback)).toMatch(/the deploy of \w+ ended with failure/)
  })

  test('auto-rollback.yml: a deploy that has not touched anything leaves all as it is', async () => {
    await using shop = await makeShop()
    const { rollback } = await shop.run(await called(shop, caller('false')), 'push')
    expect(rollback?.result).toBe('skipped')
    expect(rollback?.outputs.outcome).toBe('')
    expect(shop.production.machines[0].ssh.counts.connections).toBe(0)
  })

  test('rollback.yml: a set-up described by inputs, and its record kept as an artifact', async () => {
    await using shop = await makeShop()
    const [{ site, ssh }] = shop.production.machines
    const job = `  rollback:
    uses: rollbook/rollbook/.github/workflows/rollback.yml@v1
    with:
      app: shop
      hosts: web=deploy@127.0.0.1:${ssh.port}
      path: ${site.path}
      smoke: ${site.url}/healthz
      reason: checkout answers 500
${SECRETS}`
    const { rollback } = await shop.run(await called(shop, job), 'push')
    expect(outcomesOf(rollback), told(rollback)).toEqual(['rolled-back'])
    expect(rollback?.outputs).toMatchObject({ outcome: 'rolled-back', from: '3', to: '2', backups: '[]' })
    expect(rollback?.steps.map(({ outcome }) => outcome)).toEqual(['success', 'success'])
    expect(shop.live()).toBe('2')
  })
})

test('rollback.yml by hand, in a fork', { timeout: 300_000 }, async () => {
  await using shop = await makeShop()
  const { rollback } = await shop.run('.github/workflows/rollback.yml', 'workflow_dispatch', {
    inputs: { environment: 'production', reason: 'checkout answers 500' },
  })
  expect(outcomesOf(rollback), told(rollback)).toEqual(['rolled-back'])
  expect(shop.live()).toBe('2')
})
