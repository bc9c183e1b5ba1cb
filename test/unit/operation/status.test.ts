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
  expect(report.preflight).toEqual(
    expect.arrayContaining([
      'here: no lock',
      'here: release 4: is empty',
      'here: release 3: live',
      'here: release 2: can be gone back to',
      'here: release 1: is marked BAD_RELEASE by Deployer',
    ]),
  )
  expect(existsSync(bench.state)).toBe(false)
})

test('what ran there, and what is on hold, and why', async () => {
  await using bench = await makeBench()
  const { run } = await bench.ask({ reason: 'checkout answers 500' })
  const { preflight } = await bench.ask({ operation: 'status' })
  expect(preflight).toContain('here: on hold: 3 (checkout answers 500)')
  expect(preflight).toContain(`here: run ${run}: 3 → 2, forward committed`)
})

test('a host that cannot be rolled back is told about all the same', async () => {
  await using bench = await makeBench()
  const current = join(bench.site.path, 'current')
  await rm(current)
  await rename(join(bench.site.path, 'releases/3'), current)
  const report = await bench.ask({ operation: 'status' })
  expect(report.outcome).toBe('reported')
  expect(report.warnings.join('\n')).toContain('is a real folder')
})
