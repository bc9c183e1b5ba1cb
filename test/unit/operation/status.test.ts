import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeBench } from './fixture.ts'

test('what is live, what can be gone back to, and what cannot, with the reason', async () => {
  await using bench = await makeBench()
  await writeFile(join(bench.site.path, 'releases/1/BAD_RELEASE'), '')
  await mkdir(join(bench.site.path, 'releases/4'))
  const report = await bench.ask({ operation: 'status' })
  expect(report).toMatchObject({ outcome: 'reported', hosts: [{ name: 'here', live: '3' }] })
  expect(report.status).toMatchObject([
    {
      host: 'here',
      stateFolder: bench.state,
      holds: [],
      runs: [],
      links: [
        {
          path: bench.site.path,
          live: '3',
          freeBytes: expect.any(Number),
          releases: [
            { name: '4', standing: 'half-made', why: 'is empty' },
            { name: '3', standing: 'live' },
            { name: '2', standing: 'usable' },
            { name: '1', standing: 'bad', why: 'is marked BAD_RELEASE by Deployer' },
          ],
        },
      ],
    },
  ])
  expect(report.status?.[0]).not.toHaveProperty('lock')
  expect(existsSync(bench.state)).toBe(false)
})

test('what ran there, and what is on hold, and why', async () => {
  await using bench = await makeBench()
  const { run } = await bench.ask({ reason: 'checkout answers 500' })
  const { status } = await bench.ask({ operation: 'status' })
  expect(status?.[0]).toMatchObject({
    holds: [{ release: '3', reason: 'checkout answers 500', run }],
    runs: [{ run, direction: 'forward', from: '3', to: '2', ended: 'committed' }],
  })
})

test('a host that cannot be rolled back is told about all the same', async () => {
  await using bench = await makeBench()
  const current = join(bench.site.path, 'current')
  await rm(current)
  await rename(join(bench.site.path, 'releases/3'), current)
  const report = await bench.ask({ operation: 'status' })
  expect(report.outcome).toBe('reported')
  expect(report.status?.[0]?.links[0]).toMatchObject({
    live: '',
    problem: expect.stringContaining('is a real folder'),
  })
})
