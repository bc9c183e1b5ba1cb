import { describe, expect, test } from 'vitest'
import { nameOfVersions, splitReference, versionsIn } from '../../../src/component/images-reference.ts'
import { imagesOf, type Running, resolveImages } from '../../../src/component/images-target.ts'
import { Refusal } from '../../../src/refusal.ts'
import type { LedgerEntry } from '../../../src/release/ledger.ts'

const id = (letter: string): string => `sha256:${letter.repeat(64)}`

/** A service on 1.1 whose host has 1.2, 1.1, 1.0 and a `latest` of unknown digest. */
const running = (service: string, more: Partial<Running> = {}): Running => ({
  service,
  reference: { repository: `shop-${service}`, suffix: ':1.1' },
  id: id('b'),
  containers: 1,
  known: [
    { id: id('c'), digest: undefined, tag: 'latest', made: '' },
    { id: id('c'), digest: id('3'), tag: '1.2', made: '2026-11-20 14:00' },
    { id: id('b'), digest: undefined, tag: '1.1', made: '2026-11-19 14:00' },
    { id: id('a'), digest: id('1'), tag: '1.0', made: '2026-11-18 14:00' },
  ],
  ...more,
})
const BOTH = [running('web'), running('worker')]
const entry = (event: LedgerEntry['event'], release: string, more: Partial<LedgerEntry> = {}) => ({
  at: 1,
  event,
  release,
  ...more,
})
const resolve = (target: string, ledger: readonly LedgerEntry[] = [], services = BOTH) =>
  resolveImages(services, ledger, target, 'app')

const refusal = (attempt: () => unknown): Refusal => {
  try {
    attempt()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('previous', () => {
  test('is what was live before by the ledger, whatever is newer or older on the host', () => {
    const ledger = [entry('good', '1.0'), entry('good', '1.1')]
    expect(resolve('previous', ledger)).toMatchObject({
      from: '1.1',
      to: '1.0',
      why: '1.0 was live before 1.1 (ledger)',
      warnings: [],
    })
  })

  test('would be a guess without a ledger: refused, with every tag, the newest first', () => {
    const { code, table } = refusal(() => resolve('previous')) as Refusal & { code: string }
    expect(code).toBe('RB-IMAGES-UNKNOWN')
    expect(table?.rows.slice(0, 4).map(row => row[1])).toEqual(['latest', '1.2', '1.1', '1.0'])
    expect(table?.rows.find(row => row[1] === '1.1')?.[3]).toBe('runs now')
  })

  test('passes over what is marked bad', () => {
    const ledger = [entry('good', '1.0'), entry('good', '1.2'), entry('good', '1.1'), entry('bad', '1.2')]
    expect(resolve('previous', ledger)).toMatchObject({
      to: '1.0',
      passedOver: [{ name: '1.2', why: 'is marked bad' }],
    })
  })

  test('of services with versions of their own names each', () => {
    const services = [
      running('web'),
      running('worker', { reference: { repository: 'shop-worker', suffix: ':7' } }),
    ]
    const ledger = [entry('good', 'web=1.0,worker=6'), entry('good', 'web=1.1,worker=7')]
    expect(resolve('previous', ledger, services)).toMatchObject({
      from: 'web=1.1,worker=7',
      to: 'web=1.0,worker=6',
      warnings: ['shop-worker:6 is not on the host: it is pulled before anything is touched.'],
    })
  })
})

describe('by name', () => {
  test('a tag for all, or one for each', () => {
    expect(resolve('1.0')).toMatchObject({ to: '1.0', alreadyThere: false })
    expect(resolve('worker=1.0,web=1.2').to).toBe('web=1.2,worker=1.0')
    expect(resolve('1.1').alreadyThere).toBe(true)
  })

  test('one that leaves a service out, or names another one, is refused', () => {
    for (const target of ['web=1.0', 'web=1.0,worker=1.0,db=1', 'web=1.0,web=1.2'])
      expect(refusal(() => resolve(target)).message).toContain(
        'does not name one version for each of web, worker',
      )
  })

  test('one that the host lacks is pulled', () => {
    expect(imagesOf(BOTH, '0.9', 'app').map(each => each.id)).toEqual([undefined, undefined])
    expect(resolve('0.9').warnings).toHaveLength(2)
  })

  test.each(['../../etc', '-rf', '1.0 --force', 'sha256:abc', ''])('%j is refused', target => {
    expect(refusal(() => resolve(target, [], [running('web')])).message).toContain('Nothing was changed')
  })

  test('latest is refused, unless a digest is known: then it is pinned to that', () => {
    expect(refusal(() => resolve('latest'))).toMatchObject({ code: 'RB-IMAGE-MUTABLE' })
    const known = [{ id: id('c'), digest: id('3'), tag: 'latest', made: '' }]
    const [wanted] = imagesOf([running('web', { known })], 'latest', 'app')
    expect(wanted).toMatchObject({
      id: id('c'),
      references: [`shop-web@${id('3')}`, `shop-web:latest@${id('3')}`],
    })
    expect(resolve('latest', [], [running('web', { known })]).to).toBe(id('3'))
  })

  test('a digest by its first digits', () => {
    expect(resolve('sha256:111111111111', [], [running('web')]).to).toBe(id('1'))
  })
})

test('last-good is the last one that was proven', () => {
  expect(resolve('last-good', [entry('good', '1.0'), entry('good', '1.1')])).toMatchObject({
    to: '1.1',
    alreadyThere: true,
  })
  expect(refusal(() => resolve('last-good')).message).toContain('on record as good')
})

test('candidates are the tags that every service has', () => {
  const services = [running('web'), running('worker', { known: running('worker').known.slice(2) })]
  expect(resolve('1.0', [], services).candidates.map(({ name }) => name)).toEqual(['1.1', '1.0'])
})

describe('names of images', () => {
  test.each([
    ['app', 'app', ''],
    ['app:1.1', 'app', ':1.1'],
    ['localhost:5000/app', 'localhost:5000/app', ''],
    ['localhost:5000/team/app:v1_2', 'localhost:5000/team/app', ':v1_2'],
    [`ghcr.io/o/app@${id('a')}`, 'ghcr.io/o/app', `@${id('a')}`],
    [`app:1@${id('a')}`, 'app', `:1@${id('a')}`],
    ['app:5000', 'app', ':5000'],
  ])('%s', (text, repository, suffix) => expect(splitReference(text)).toEqual({ repository, suffix }))

  test.each(['', ':1', 'app:', 'a b', 'app@sha256:12', '-app'])('%j is none', text =>
    expect(splitReference(text)).toBeUndefined(),
  )

  test('one name for several versions can be read back', () => {
    const versions = new Map([
      ['web', '1.1'],
      ['worker', id('a')],
    ])
    expect(versionsIn(nameOfVersions(versions), ['web', 'worker'])).toEqual(versions)
  })
})
