import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { makeFolder } from '../../support/folder.ts'
import { type Bench, type BenchOptions, makeBench } from './fixture.ts'

type Keys = Readonly<Record<string, unknown>>

/** Checks that don't wait for what does not come. */
export const HASTY = { attempts: 2, every: '50ms', consecutive: 1 } as const
export const FAILING = { http: '/healthz', expect: { failing: true }, ...HASTY } as const

const SITE = { releases: ['1', '2', '3', '4'], live: '3', broken: ['4'] }

/**
 * A site on which 3 is live and 4 does not work, with one drill.
 *
 * @param scenarios of the folder with `releases/` and `current`.
 * @param more of the bench; `rollbacks` of the same folder, beside `release`.
 */
export const makeDrill = async (
  scenarios: (path: string) => readonly Keys[],
  {
    rollbacks = () => ({}),
    ...more
  }: Omit<BenchOptions, 'rollbacks'> & {
    readonly rollbacks?: (path: string) => Keys
  } = {},
): Promise<Bench> => {
  const folder = await makeFolder('drill')
  const path = join(folder.path, 'shop')
  const bench = await makeBench({
    ...more,
    site: { ...SITE, ...more.site, folder: path },
    environment: { drills: true, ...more.environment },
    rollback: { rto: '5m', verify: [{ http: '/healthz', ...HASTY }], ...more.rollback },
    rollbacks: rollbacks(path),
    top: { drills: { monthly: scenarios(path) }, ...more.top },
  })
  return {
    ...bench,
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Whatever happened: it is as before, nothing of the drill is left, and the ledger tells of no release. */
export const expectAsBefore = async ({ site, state, ledger }: Bench): Promise<void> => {
  expect(site.live()).toBe('3')
  expect(await site.health()).toBe(200)
  expect(existsSync(join(state, 'drill'))).toBe(false)
  expect(existsSync(join(state, 'lock'))).toBe(false)
  expect(await ledger()).toEqual([])
}
