import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { listen } from '../support/listen.ts'
import { makeProduction } from '../support/production.ts'
import { expectOutcome, HEALTHY, recordOf } from './story.ts'

/** A shop with release 3 live. @param slow the release that takes its time. @param limit for half of the requests. */
const startShop = async (slow: string, limit: string) => {
  const asked: Record<string, number> = {}
  let live = () => '3'
  const server = createServer((_, response) => {
    const release = live()
    asked[release] = (asked[release] ?? 0) + 1
    setTimeout(() => response.end(release), release === slow ? 900 : 0)
  })
  const url = `http://127.0.0.1:${await listen(server)}/`
  const production = await makeProduction({
    machines: { web: HEALTHY },
    runbook: () => ({
      rollback: {
        verify: [{ load: url, requests: 40, concurrency: 10, expect: { p50: limit, failed: 0 } }],
      },
    }),
  })
  live = () => production.machines[0].site.live()
  return {
    production,
    asked,
    async [Symbol.asyncDispose]() {
      await production[Symbol.asyncDispose]()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

test('a load is put on the release that was gone back to, not on the one that is left', async () => {
  await using shop = await startShop('none', '1m')
  const run = await shop.production.run()
  expectOutcome(run, 'rolled-back')
  expect(shop.asked).toEqual({ 2: 41, 3: 1 })
  expect(recordOf(run).checks).toMatchObject([
    {
      title: expect.stringMatching(/^40 × GET/),
      status: 'passed',
      before: 'passed',
      load: { made: 40, failed: 0 },
    },
  ])
  expect(run.summary).toMatch(/40 requests in .* a second · mean .* none failed/)
  expect(run.summary).toContain('│█')
})

test('a release that is too slow is taken back, and the one that is back is asked no more than it has to be', async () => {
  await using shop = await startShop('2', '500ms')
  const run = await shop.production.run()
  expectOutcome(run, 'restored')
  expect(shop.production.machines[0].site.live()).toBe('3')
  expect(shop.asked).toEqual({ 2: 41, 3: 4 })
  expect(recordOf(run).checks[0]?.detail).toMatch(/^p50 .*, wanted at most 500 ms \(mean/)
})
