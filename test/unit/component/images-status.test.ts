import { describe, expect, test } from 'vitest'
import { imagesShown } from '../../../src/component/images-status.ts'
import { readFactLine } from '../../../src/release/fact-line.ts'
import type { LedgerEntry } from '../../../src/release/ledger.ts'

const id = (letter: string): string => `sha256:${letter.repeat(64)}`
const container = (letter: string): string => letter.repeat(64)
const VALUE = { compose: '/opt/shop', services: ['web', 'worker'], roll: false }

/** A host on 1.2 that has 1.3 and 1.1 of both services, and 1.0 of one of them. */
const PROJECT = [
  'images-compose 2.40.3',
  'images-project shop',
  'images-said web shop/web:1.2',
  'images-said worker shop/worker:1.2',
  `images-runs web ${container('1')} ${id('b')} running shop/web:1.2`,
  `images-runs web ${container('2')} ${id('b')} running shop/web:1.2`,
  `images-runs worker ${container('3')} ${id('e')} exited shop/worker:1.2`,
  ...['web', 'worker'].flatMap((service, at) => [
    `images-has ${service} ${id(at ? 'f' : 'c')} <none> 1.3 2026-11-20`,
    `images-has ${service} ${id(at ? 'e' : 'b')} ${id(at ? '8' : '9')} 1.2 2026-11-19`,
    `images-has ${service} ${id(at ? 'd' : 'a')} <none> 1.1 2026-11-18`,
  ]),
  `images-has web ${id('7')} <none> 1.0 2026-11-17`,
  'images-end',
]

const entry = (event: LedgerEntry['event'], release: string): LedgerEntry => ({ at: 1, event, release })
const shown = (lines: readonly string[], ledger: readonly LedgerEntry[] = []) =>
  imagesShown(VALUE, {
    host: 'app',
    hostname: 'app',
    ledger,
    answer: lines.map(readFactLine),
  } as unknown as Parameters<typeof imagesShown>[1])
const standings = (lines: readonly string[], ledger?: readonly LedgerEntry[]) =>
  shown(lines, ledger).releases.map(({ name, standing }) => `${name} ${standing}`)
const replaced = (before: string, after: string) => PROJECT.map(line => line.replace(before, after))

describe('what status says of images', () => {
  test('is the image of each service, its tag and digest, and how its containers are', () => {
    expect(shown(PROJECT)).toMatchObject({
      title: 'images of web, worker in /opt/shop',
      live: '1.2',
      parts: [
        { service: 'web', image: 'shop/web', tag: '1.2', digest: id('9'), containers: 'running, running' },
        { service: 'worker', image: 'shop/worker', tag: '1.2', digest: id('8'), containers: 'exited' },
      ],
    })
  })

  test('is which versions all services have here, the newest first, and what the ledger says of each', () => {
    expect(standings(PROJECT)).toEqual(['1.3 usable', '1.2 live', '1.1 usable'])
    const ledger = [entry('good', '1.1'), entry('good', 'web=1.0,worker=1.1'), entry('bad', '1.3')]
    expect(standings(PROJECT, ledger)).toEqual(['1.3 bad', '1.2 live', '1.1 good', 'web=1.0,worker=1.1 good'])
    // On record as good, and gone from this host.
    expect(standings(PROJECT, [entry('good', '0.9'), entry('good', 'web=1.0,worker=1.0')])).toEqual([
      '1.3 usable',
      '1.2 live',
      '1.1 usable',
    ])
  })

  test('is that a tag goes to another image by now than the one that runs', () => {
    const built = replaced(`images-has web ${id('b')} ${id('9')} 1.2`, `images-has web ${id('7')} <none> 1.2`)
    expect(shown(built).parts[0]).toMatchObject({
      tag: '1.2',
      digest: '',
      note: 'its tag goes to another image by now',
    })
  })

  test('is what runs also where that is not what the file says, with why nobody can tell what is live', () => {
    expect(shown(replaced('images-said web shop/web:1.2', 'images-said web shop/web:1.3'))).toMatchObject({
      live: '',
      problem: expect.stringMatching(
        /web on app runs shop\/web:1\.2, and \/opt\/shop says shop\/web:1\.3: .*neither\.$/,
      ),
      parts: [
        { service: 'web', tag: '1.2', note: 'the Compose file says shop/web:1.3' },
        { service: 'worker' },
      ],
      releases: [],
    })
  })

  test('is that the engine does not answer, instead of a refusal', () => {
    expect(shown(['images-problem no-engine Cannot connect'])).toMatchObject({
      live: '',
      problem: '/opt/shop on app: the engine does not answer (Cannot connect).',
      parts: [
        { service: 'web', containers: 'none' },
        { service: 'worker', containers: 'none' },
      ],
    })
  })
})
