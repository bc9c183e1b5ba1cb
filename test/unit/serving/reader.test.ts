import { expect, test } from 'vitest'
import { oldProcessWords, servingWords, successorWords } from '../../../src/report/serving-words.ts'
import { countAtWork, readServing, type ServingFacts } from '../../../src/serving/reader.ts'

const LIVE = 'serving /srv/app/releases/41'
const read = (...lines: readonly string[]): ServingFacts => {
  const facts = readServing([LIVE, ...lines])
  if (!facts) throw new Error('nothing was read')
  return facts
}
const words = (facts: ServingFacts) => oldProcessWords({ host: 'web-1', ...facts })

test('a worker on the old path is named with its pid, its command, its user and its folder', () => {
  const facts = read(
    'process 12 deploy cwd /srv/app/releases/41/backend',
    'process 4711 deploy cwd /srv/app/releases/43/backend',
    'command 4711 php artisan queue:work',
    'process 4712 www-data fd /srv/app/releases/43/storage/app.log',
  )
  expect(facts.current).toBe(1)
  expect(words(facts)).toEqual([
    'web-1: pid 4711 (php artisan queue:work, deploy) still runs from /srv/app/releases/43',
    'web-1: pid 4712 (?, www-data) still has /srv/app/releases/43/storage/app.log open',
  ])
  expect(servingWords({ host: 'web-1', ...facts })).toBe(
    '1 process runs from 41, 2 processes from another release',
  )
})

test('a process with one foot in the old release is on the old one, once', () => {
  const facts = read(
    'process 7 deploy cwd /srv/app/releases/41',
    'process 7 deploy exe /srv/app/releases/43/bin/app',
    'process 7 deploy fd /srv/app/releases/42/x',
  )
  expect(facts).toMatchObject({ current: 0, old: [{ pid: 7, what: 'exe' }] })
})

test('who has only a file open is not missed later: a web server hands it out and closes it', () => {
  const lines = [
    LIVE,
    'process 7 deploy cwd /srv/app/releases/41',
    'process 7 deploy exe /srv/app/releases/41/bin/app',
    'process 8 deploy exe /srv/app/releases/43/bin/app',
    'process 9 www-data fd /srv/app/releases/41/public/logo.png',
  ]
  expect(countAtWork(lines)).toBe(2)
})

test('a release whose name begins like the live one is another one', () => {
  expect(read('process 7 deploy cwd /srv/app/releases/410').old).toHaveLength(1)
})

test('what may not be looked into is counted and said, not guessed', () => {
  const facts = read(
    'hidden www-data php-fpm8.4',
    'hidden www-data php-fpm8.4',
    'hidden node-app node',
    'only-own',
  )
  expect(facts.old).toEqual([])
  expect(servingWords({ host: 'web-1', ...facts })).toBe(
    'nothing was seen that runs from a release; 2 php-fpm8.4 of www-data, 1 node of node-app may not be looked into; other users’ processes are not shown here',
  )
})

test.each([
  ['process -1 deploy cwd /srv/app/releases/43'],
  ['process 99999999999 deploy cwd /srv/app/releases/43'],
  ['process 7 deploy root /srv/app/releases/43'],
  ['process 7 deploy cwd ../43'],
  ['process 7 cwd /srv/app/releases/43'],
  ['hidden root'],
  ['command x y'],
  ['serving relative'],
  ['__proto__ 7'],
  [''],
])('%j says nothing', line => {
  expect(read(line)).toMatchObject({ live: '/srv/app/releases/41', current: 0, old: [], hidden: [] })
})

test('a host that talks without end, or never says what is live, does no harm', () => {
  expect(readServing(['process 1 deploy cwd /srv/app/releases/43'])).toBeUndefined()
  const many = Array.from({ length: 100_000 }, (_, at) => `process ${at} deploy cwd /srv/app/releases/43`)
  const facts = readServing([LIVE, ...many.slice(0, 4000), ...many.map((_, at) => `hidden user${at} php`)])
  if (!facts) throw new Error('nothing was read')
  expect(facts.old.length).toBe(200)
  expect(facts.hidden.length).toBeLessThanOrEqual(20)
  expect(words(facts)).toHaveLength(11)
  expect(words(facts).at(-1)).toBe('web-1: and 190 more, which the record names, run from another release')
})

test('where nothing runs that did before the switch, it is said of whom somebody has to look', () => {
  const gone = { host: 'web-1', ...read(), before: 1 }
  expect(servingWords(gone)).toBe(
    'nothing was seen that runs from a release, where 1 process did before the switch',
  )
  expect(successorWords(gone)).toEqual([
    'web-1: before the switch 1 process ran from a release, and nothing was seen that runs from 41: look whether its service is up',
  ])
  expect(successorWords({ ...gone, current: 1 })).toEqual([])
  expect(successorWords({ ...gone, before: 0 })).toEqual([])
})

test('when all that runs is on another release, that is a whole sentence', () => {
  const facts = read('process 7 deploy cwd /srv/app/releases/43')
  expect(servingWords({ host: 'web-1', ...facts })).toBe('1 process runs from another release')
  expect(oldProcessWords({ host: 'web-1', ...facts }, true)).toEqual([
    'web-1: pid 7 (?, deploy) still ran from /srv/app/releases/43',
  ])
})
