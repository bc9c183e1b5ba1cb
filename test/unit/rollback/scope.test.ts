import { expect, test } from 'vitest'
import { isFor, itemsFor } from '../../../src/rollback/scope.ts'
import { runbookOf, settingOf } from './fixture.ts'

const MIXED = { 'web-1': 'deploy@web-1.example.com', db: 'deploy@db.example.com', runner: 'local' }
const items = [{ run: 'true' }, { run: 'true', on: 'db' }, { run: 'true', on: 'runner' }]

const namesFor = (hosts: Readonly<Record<string, string>>, index: number): string[] => {
  const setting = settingOf(runbookOf({ start: items.slice(index, index + 1) }, hosts))
  const [item] = setting.rollback.phases.start
  return item ? Object.keys(hosts).filter(host => isFor(setting, item, host)) : []
}

test('an item without `on` is for every host but the runner itself', () => {
  expect(namesFor(MIXED, 0)).toEqual(['web-1', 'db'])
})

test('an item with `on` is for that host, be it the runner', () => {
  expect(namesFor(MIXED, 1)).toEqual(['db'])
  expect(namesFor(MIXED, 2)).toEqual(['runner'])
})

test('where there is nothing but the runner, it is the server', () => {
  const setting = settingOf(runbookOf({}, { here: 'local' }))
  expect(itemsFor(setting, 'switch', 'here')).toHaveLength(1)
})

test('a host that the environment does not have gets nothing', () => {
  const setting = settingOf(runbookOf({}))
  expect(itemsFor(setting, 'switch', 'web-9')).toEqual([])
})

test('items keep their order', () => {
  const setting = settingOf(runbookOf({ start: items }, MIXED))
  expect(itemsFor(setting, 'start', 'db').map(item => item.position.line)).toEqual(
    setting.rollback.phases.start.slice(0, 2).map(item => item.position.line),
  )
})
