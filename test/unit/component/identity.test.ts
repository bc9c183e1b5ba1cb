import { describe, expect, test } from 'vitest'
import { differences, remember } from '../../../src/drill/identity.ts'
import type { Kind } from '../../../src/kind/kind.ts'
import { KINDS } from '../../../src/kind/table.ts'
import { readFactLine } from '../../../src/release/fact-line.ts'
import type { SymlinkFacts } from '../../../src/release/facts.ts'
import { folder } from '../release/fixture.ts'
import { factsOf } from '../rollback/fixture.ts'
import { example } from '../runbook/fixture.ts'

// What the components of the rollbacks of Aura Flow say is there: a drill compares it before and after.

const { rollbacks } = example('aura-flow')

/** The first thing that a rollback switches, and what it says of a host that answers with these lines. */
function asked(rollback: string, answer: readonly string[] = [], links: readonly SymlinkFacts[] = []) {
  const item = rollbacks[rollback]?.phases.switch[0]
  const component = KINDS.find(({ name }: Kind) => name === item?.kind)?.component
  if (item === undefined || component === undefined) throw new Error(`${rollback} has no component`)
  const seen = { ...factsOf('app'), symlinks: links, answer: answer.map(readFactLine) }
  return {
    identity: () => component.identity?.(item, seen),
    recovers: () => component.recovers?.(item, seen),
  }
}

const sum = (letter: string): string => letter.repeat(64)
const id = (letter: string): string => `sha256:${sum(letter)}`

describe('images', () => {
  const PROJECT = [
    'images-compose 2.40.3',
    'images-project aura',
    `images-file 1 ${sum('1')} docker-compose.yml`,
    'images-text 1 c2VydmljZXM6IHt9',
    `images-env-sum ${sum('2')}`,
    'images-said api aura/api:v1.1.0',
    `images-runs api ${sum('c')} ${id('b')} running aura/api:v1.1.0`,
    'images-end',
  ]
  const changed = (before: string, after: string) =>
    differences(
      [remember({ host: 'app', values: asked('image', PROJECT).identity() ?? {} })],
      [
        {
          host: 'app',
          values:
            asked(
              'image',
              PROJECT.map(line => line.replace(before, after)),
            ).identity() ?? {},
        },
      ],
    ).map(({ what }) => what)

  test('are the image of each service by its id, and the files that say so', () => {
    expect(asked('image', PROJECT).identity()).toEqual({
      'service api': `${id('b')} ×1, aura/api:v1.1.0`,
      '/opt/aura-flow/docker-compose.yml': sum('1'),
      '/opt/aura-flow/.env': sum('2'),
    })
  })

  test.each([
    ['a tag that was built anew', id('b'), id('d'), ['service api']],
    ['a line of the Compose file', sum('1'), sum('3'), ['/opt/aura-flow/docker-compose.yml']],
    ['a line of .env', sum('2'), sum('3'), ['/opt/aura-flow/.env']],
  ])('%s is a difference', (_, before, after, what) => {
    expect(changed(before, after)).toEqual(what)
  })

  test('the same containers made anew are no difference', () => {
    expect(changed(sum('c'), sum('d'))).toEqual([])
  })

  test('a project that can not be looked at is refused, and never passes for the one from before', () => {
    expect(() => asked('image', ['images-problem no-engine', 'images-end']).identity()).toThrow(
      'the engine does not answer',
    )
  })
})

describe('files', () => {
  const PATH = '/etc/nginx/conf.d/aura.conf'

  test('are their content', () => {
    const answer = [
      `restore-file 1 ${sum('a')} ${sum('b')} 1795000000 ${PATH}`,
      `restore-source 1 ${PATH}.backup`,
    ]
    expect(asked('nginx', answer).identity()).toEqual({ [PATH]: sum('a') })
  })

  test('one that is gone is a difference, too', () => {
    expect(asked('nginx', [`restore-file 1 - - 0 ${PATH}`, 'restore-source 1 -']).identity()).toEqual({
      [PATH]: 'not there',
    })
  })
})

describe('a link', () => {
  const LINK = '/etc/nginx/aura/upstream.conf'
  const link = (more: Partial<SymlinkFacts>) => asked('upstream', [], [folder('', { path: LINK, ...more })])
  const goal = '/etc/nginx/aura/api_v1.conf'

  test.each([
    ['by its path', goal],
    ['from where it is', 'api_v1.conf'],
  ])('is where it goes, however that is written: %s', (_, text) => {
    expect(link({ link: 'link', text, resolved: goal }).identity()).toEqual({ [LINK]: goal })
  })

  test('one that dangles is its text, and what is no link any more is what it is', () => {
    expect(link({ link: 'link', text: 'gone.conf', resolved: undefined }).identity()).toEqual({
      [LINK]: 'gone.conf',
    })
    expect(link({ link: 'file' }).identity()).toEqual({ [LINK]: 'file' })
  })
})

describe('a database', () => {
  const LIVE = ['rd-live 9000000 17.5 1795161600 4711 - aura', 'rd-oid 16385']
  const BACKUP = [
    `rd-backup 1794996400 20300 20261118T080000Z-aaaaaa readback whole yes ${sum('a')} /b/new.dump`,
    'rd-chosen /b/new.dump',
    'rd-created 2026-11-18 10:06:40 UTC',
    'rd-of aura',
  ]

  test('is the one that has the name: a restored one of the same name is another', () => {
    expect(asked('database', LIVE).identity()).toEqual({ 'database main': 'aura, oid 16385' })
  })

  test('of which nobody knows anything is not the one from before', () => {
    expect(asked('database', ['rd-problem refused']).identity()).toEqual({ 'database main': 'refused' })
    expect(asked('database').identity()).toEqual({ 'database main': 'not known' })
  })

  test('recovers what its newest backup holds, which is as old as the data that would be lost', () => {
    const rows = ['rd-now 1200 public.flows', 'rd-kept 1000 public.flows', 'rd-kept 3 public.gone']
    expect(asked('database', [...LIVE, ...BACKUP, ...rows]).recovers()).toEqual({
      name: 'main',
      path: '/b/new.dump',
      bytes: 20300,
      ageSeconds: 3600,
      rows: [
        { table: 'public.flows', backup: 1000, live: 1200 },
        { table: 'public.gone', backup: 3 },
      ],
    })
  })

  test('without a backup recovers nothing', () => {
    expect(asked('database', LIVE).recovers()).toBeUndefined()
  })
})
