import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { makeSite } from '../../support/site.ts'

const release3IsBroken = { releases: ['1', '2', '3'], live: '3', broken: ['3'] }

const point = async (path: string, release: string): Promise<void> => {
  await rm(join(path, 'current'))
  await symlink(`releases/${release}`, join(path, 'current'))
}

test('it serves what `current` is at this moment', async () => {
  await using site = await makeSite(release3IsBroken)
  expect([site.live(), await site.serves(), await site.health()]).toEqual(['3', '3', 500])
  await point(site.path, '2')
  expect([site.live(), await site.serves(), await site.health()]).toEqual(['2', '2', 200])
})

test('without a release it answers 503', async () => {
  await using site = await makeSite(release3IsBroken)
  await rm(join(site.path, 'current'))
  expect([site.live(), await site.serves(), await site.health()]).toEqual(['', '503', 503])
})

test('a stalled release keeps whoever asks waiting and says that somebody asked', async () => {
  await using site = await makeSite({ ...release3IsBroken, stalled: ['3'], broken: [] })
  const health = site.health().catch(() => 'cut off')
  await site.stall
  expect(await Promise.race([health, sleep(50, 'waiting')])).toBe('waiting')
})

test('somebody interferes in the middle of a check', async () => {
  await using site = await makeSite(release3IsBroken)
  site.onHealth('3', () => rm(join(site.path, 'releases', '2'), { recursive: true }))
  await site.health()
  await point(site.path, '2')
  expect(await site.serves()).toBe('503')
})
