import { describe, expect, test } from 'vitest'
import { compose } from '../../../src/service/compose.ts'
import type { ComposeItem } from '../../../src/service/compose-value.ts'
import { example, load } from './fixture.ts'

/** What is done in `start`, in the words of a person: of `all`, which includes rollbacks with these items. */
const started = (...rollbacks: readonly string[]): readonly string[] => {
  const parts = rollbacks.map(
    (start, at) => `  r${at}: { switch: [ { symlink: { path: /srv/r${at} } } ], start: [ ${start} ] }`,
  )
  const names = rollbacks.map((_, at) => `r${at}`).join(', ')
  const { all } = load(
    `app: shop\nenvironments: { production: { hosts: { web: deploy@web } } }\nrollbacks:\n${parts.join('\n')}\n  all: { include: [${names}] }`,
  ).rollbacks
  return (all?.phases.start ?? []).map(item =>
    item.kind === 'compose' ? (item.as ?? compose.title(item as ComposeItem)) : item.kind,
  )
}
const project = (words: string, path = '/srv/shop') => `{ compose: { path: ${path}, ${words} } }`

describe('services of one Compose project that several rollbacks stop and start', () => {
  test('ssalgten: config restarts, database starts, code builds: emergency does it once', () => {
    const { emergency } = example('ssalgten').rollbacks
    expect(emergency?.phases.stop).toMatchObject([{ value: { stop: ['backend', 'frontend', 'agent'] } }])
    expect(emergency?.phases.start).toMatchObject([
      {
        value: {
          build: ['backend', 'frontend', 'agent'],
          restart: ['backend', 'frontend', 'agent'],
          start: [],
        },
      },
    ])
  })

  test('each service is in one step, with the most that anybody asked for it', () => {
    expect(
      started(project('start: [db, web, mail]'), project('restart: [web]'), project('build: [web, worker]')),
    ).toEqual(['build web, worker; restart web; start db, mail in /srv/shop'])
    expect(started(project('build: [web]'), project('restart: [web]'))).toEqual([
      'build and restart web in /srv/shop',
    ])
  })

  test('what has nothing in common stays apart, in the order in which it was written', () => {
    expect(started(`${project('start: [db]')}, ${project('start: [web]')}`)).toEqual([
      'start db in /srv/shop',
      'start web in /srv/shop',
    ])
    expect(started(project('start: [web]'), project('restart: [web]', '/srv/other'))).toHaveLength(2)
    expect(started(project('start: [web]'), project('restart: [web], file: prod.yml'))).toHaveLength(2)
  })

  test('one that has to do with two of them brings the two together, in the place of the first', () => {
    expect(
      started(`${project('start: [db]')}, ${project('start: [web]')}`, project('restart: [db, web]')),
    ).toEqual(['restart db, web in /srv/shop'])
  })

  test('what stands in between may need the first, and be needed by the second', () => {
    expect(
      started(project('start: [web]'), '{ run: ./warm, undo: ./cool }', project('restart: [web]')),
    ).toEqual(['start web in /srv/shop', 'run', 'restart web in /srv/shop'])
  })

  test('one that only warns does not take the other along', () => {
    expect(
      started(project('restart: [web]'), '{ compose: { path: /srv/shop, build: [web] }, severity: warn }'),
    ).toHaveLength(2)
  })

  test('the longest time that any of them has is that of the whole', () => {
    const timeouts = (text: string) =>
      load(
        `app: shop\nenvironments: { production: { hosts: { web: deploy@web } } }\nrollbacks: { a: { switch: [ { symlink: { path: /srv/a } } ], start: [ ${text} ] } }`,
      ).rollbacks.a?.phases.start.map(({ timeout }) => timeout)
    const timed = (words: string, timeout: string) =>
      `{ compose: { path: /srv/shop, ${words} }, timeout: ${timeout} }`
    expect(timeouts(`${timed('restart: [web]', '1m')}, ${timed('build: [web]', '20m')}`)).toEqual([1200])
    expect(timeouts(`${timed('restart: [web]', '1m')}, ${project('build: [web]')}`)).toEqual([900])
    expect(timeouts(`${project('restart: [web]')}, ${project('build: [web]')}`)).toEqual([undefined])
  })
})
