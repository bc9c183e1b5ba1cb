import { expect, test } from 'vitest'
import { linkTextFor } from '../../../src/release/link-text.ts'
import { folder } from './fixture.ts'

test.each([
  ['releases/42', 'releases/41'],
  ['./releases/42', './releases/41'],
  ['releases//42', 'releases//41'],
  ['releases/./42', 'releases/./41'],
  ['releases/42/', 'releases/41/'],
  ['/srv/app/releases/42', '/srv/app/releases/41'],
  ['/srv/app/releases/42/', '/srv/app/releases/41/'],
  ['../app/releases/42', '../app/releases/41'],
  ['/var/www/app/releases/42', '/var/www/app/releases/41'],
])('%s becomes %s, in the same manner', (text, expected) => {
  expect(linkTextFor(folder('41 42*', { text }), '41')).toBe(expected)
})

test.each([
  ['in and out of a release', 'releases/42/../42', 'releases/41'],
  ['in and out of another folder', '/srv/app/shared/../releases/42', '/srv/app/releases/41'],
  ['through another link', 'latest', 'releases/41'],
  ['through another link with the name of the release', '42', 'releases/41'],
  ['through a folder of links', 'channels/42', 'releases/41'],
  ['through another link, absolute', '/srv/app/latest', '/srv/app/releases/41'],
])('a text that goes %s (%s) goes straight afterwards', (_, text, expected) => {
  expect(linkTextFor(folder('41 42*', { text }), '41')).toBe(expected)
})

test('releases/ is itself a link: a text that goes through it still does, another goes to the real folder', () => {
  const linked = { releasesFolder: '/data/builds', resolved: '/data/builds/42' }
  expect(linkTextFor(folder('41 42*', { ...linked, text: 'releases/42' }), '41')).toBe('releases/41')
  expect(linkTextFor(folder('41 42*', { ...linked, text: '/data/builds/42' }), '41')).toBe('/data/builds/41')
  expect(linkTextFor(folder('41 42*', { ...linked, text: 'latest' }), '41')).toBe('/data/builds/41')
})
