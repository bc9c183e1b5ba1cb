import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeShop, outcomesOf, SAY_GOOD, type Shop, sha, stoppedAt, told } from './shop.ts'

const DEPLOY = 'workflows-templates/deploy-auto-rollback.yml'

/** A push of the commit, in the run of that number. */
const push = (shop: Shop, commit: number, number: number) =>
  shop.run(DEPLOY, 'push', { github: { sha: sha(commit), run_number: String(number), event_name: 'push' } })

const sayGood = (shop: Shop) => shop.run('workflows-templates/operations.yml', 'workflow_dispatch', SAY_GOOD)

describe.concurrent('the deploy with automatic rollback, as the guide has it', { timeout: 300_000 }, () => {
  test('a bad commit: back to the last good release, its deploy is stopped, until the hold is lifted', async () => {
    await using shop = await makeShop()
    expect(outcomesOf((await sayGood(shop)).rollbook)).toEqual(['recorded'])

    await shop.commit('4', 500)
    const bad = await push(shop, 4, 4)
    expect(bad.deploy?.result, told(bad.deploy)).toBe('failure')
    expect(stoppedAt(bad.deploy), told(bad.deploy)).toBe('Does it serve?')
    expect(bad.deploy?.outputs).toEqual({ touched: 'true' })
    expect(outcomesOf(bad.rollback), told(bad.rollback)).toEqual(['rolled-back'])
    expect(bad.rollback?.steps[0]?.outputs).toMatchObject({ from: '4', to: '3' })
    expect(shop.live()).toBe('3')

    const again = await push(shop, 4, 4)
    expect(stoppedAt(again.deploy), told(again.deploy)).toBe('May it be deployed?')
    expect(again.deploy?.outputs).toEqual({ touched: 'false' })
    expect(again.rollback?.result).toBe('skipped')
    expect(shop.live()).toBe('3')

    const lifted = await shop.run('workflows-templates/lift-hold.yml', 'workflow_dispatch', {
      inputs: { release: '4', reason: 'it was the database' },
    })
    expect(outcomesOf(lifted.lift), told(lifted.lift)).toEqual(['recorded'])
    await shop.commit('4', 200)
    const good = await push(shop, 4, 5)
    expect(outcomesOf(good.deploy), told(good.deploy)).toEqual(['clear', 'recorded', 'recorded'])
    expect(good.deploy?.result).toBe('success')
    expect(good.rollback?.result).toBe('skipped')
    expect(shop.live()).toBe('5')
  })

  test('the commit that mends it passes, although the bad one is on hold', async () => {
    await using shop = await makeShop()
    await sayGood(shop)
    await shop.commit('4', 500)
    expect(outcomesOf((await push(shop, 4, 4)).rollback)).toEqual(['rolled-back'])
    await shop.commit('5', 200)
    const mended = await push(shop, 5, 5)
    expect(mended.deploy?.result, told(mended.deploy)).toBe('success')
    expect(shop.live()).toBe('5')
  })

  test('it fails before `current` is changed: the release that serves is looked at and left alone', async () => {
    await using shop = await makeShop()
    await sayGood(shop)
    await shop.deployBy('#!/bin/sh\nexit 1\n')
    const failed = await push(shop, 4, 4)
    expect(stoppedAt(failed.deploy)).toBe('Deploy')
    expect(failed.deploy?.outputs).toEqual({ touched: 'true' })
    expect(outcomesOf(failed.rollback), told(failed.rollback)).toEqual(['unchanged'])
    expect(failed.rollback?.result).toBe('success')
    expect(shop.live()).toBe('3')
  })

  test('a good deploy came in between: that is the last good release, and it stays', async () => {
    await using shop = await makeShop()
    await sayGood(shop)
    await shop.commit('4', 500)
    // The first deploy fails, and before its rollback has its turn, the second one is through.
    const waiting = await shop.run('workflows-templates/deploy.yml', 'push', {
      github: { sha: sha(4), run_number: '4' },
    })
    expect(waiting.deploy?.result).toBe('failure')
    await shop.commit('5', 200)
    expect((await push(shop, 5, 5)).deploy?.result).toBe('success')
    const late = await shop.run('workflows-templates/rollback-after-workflow.yml', 'workflow_run', {
      event: {
        workflow_run: {
          conclusion: 'failure',
          name: 'Deploy',
          event: 'push',
          head_branch: 'main',
          head_repository: { full_name: 'acme/shop' },
          id: 1,
        },
        repository: { default_branch: 'main' },
      },
    })
    expect(outcomesOf(late.rollback), told(late.rollback)).toEqual(['unchanged'])
    expect(shop.live()).toBe('5')
  })

  test('a green deploy is run again: what is there already is not touched', async () => {
    await using shop = await makeShop()
    await shop.commit('4', 200)
    expect((await push(shop, 4, 4)).deploy?.result).toBe('success')
    const again = await push(shop, 4, 4)
    expect(again.deploy?.result, told(again.deploy)).toBe('success')
    expect(told(again.deploy)).toContain('Release 4 is there already, with this commit.')
    expect(shop.live()).toBe('4')
  })

  test.each([
    [2, 'Release 2 would not be the newest: 3 is there. Nothing was changed.'],
    [3, 'Release 3 is there already, and is not this commit. Nothing was changed.'],
  ])(
    'its number %i was given away before: it stops, says why, and no release is touched',
    async (number, why) => {
      await using shop = await makeShop()
      await sayGood(shop)
      await shop.commit('4', 200)
      const run = await push(shop, 4, number)
      expect(stoppedAt(run.deploy)).toBe('Deploy')
      expect(told(run.deploy)).toContain(why)
      expect(shop.live()).toBe('3')
      const { site } = shop.production.machines[0]
      const revision = join(site.path, 'releases', String(number), 'REVISION')
      expect(await readFile(revision, 'utf8')).toBe(`${sha(number)}\n`)
    },
  )

  test('nobody has said what is good: refused, and the run that failed stays where it is', async () => {
    await using shop = await makeShop()
    await shop.commit('4', 500)
    const bad = await push(shop, 4, 4)
    expect(outcomesOf(bad.rollback), told(bad.rollback)).toEqual(['refused'])
    expect(bad.rollback?.result).toBe('failure')
    expect(shop.live()).toBe('4')
  })
})
