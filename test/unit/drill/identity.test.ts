import { expect, test } from 'vitest'
import { differences, remember } from '../../../src/drill/identity.ts'
import { drillMarkLine, parseDrillMark } from '../../../src/release/drill-mark.ts'

const web = (values: Readonly<Record<string, string>>) => ({ host: 'web', values })

test('the same is the same, in whatever order it was told', () => {
  expect(differences([remember(web({ a: '1', b: '2' }))], [web({ b: '2', a: '1' })])).toEqual([])
})

test('what changed, came and went is told by its name', () => {
  expect(differences([remember(web({ a: '1', b: '2' }))], [web({ a: '9', c: '3' })])).toEqual([
    { host: 'web', what: 'a', before: '1', now: '9' },
    { host: 'web', what: 'b', before: '2', now: 'not there' },
    { host: 'web', what: 'c', before: 'not there', now: '3' },
  ])
})

test('a host that does not answer is no host that is as it was', () => {
  expect(differences([remember(web({ a: '1' }))], [])).toMatchObject([
    { host: 'web', now: 'does not answer' },
  ])
})

test('a mark that had to be cut still tells whether all is the same', () => {
  const values = Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => [`/etc/file-${at}`, 'x'.repeat(300)]),
  )
  const { values: before, sum } = remember(web(values))
  const line = drillMarkLine({
    drill: 'monthly',
    scenario: 1,
    rollback: 'nginx',
    stage: 'break',
    broke: true,
    before,
    sum,
    name: 'é',
  })
  expect(line.length).toBeLessThanOrEqual(3000)
  expect(line).toMatch(/^[ -~]*$/)
  const mark = parseDrillMark(line)
  expect(mark).toMatchObject({ name: 'é', broke: true })
  const read = { host: 'web', values: mark?.before ?? [], sum: mark?.sum ?? '' }
  expect(differences([read], [web(values)])).toEqual([])
  expect(differences([read], [web({ ...values, '/etc/file-1': 'y' })])).not.toEqual([])
})

test.each(['', '{', 'null', '{"drill":"x"}', '[]'])('a mark that is none says nothing: %s', text => {
  expect(parseDrillMark(text)).toBeUndefined()
})
