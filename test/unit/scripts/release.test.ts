import { describe, expect, test } from 'vitest'
import { majorToMove, releaseNotes } from '../../../scripts/release/version.mts'

const CHANGELOG = `# Changelog

## [Unreleased]

- Something new.

## [1.2.0] - 2026-11-21

### Added

- The kind \`swarm\`.

## [1.1.0] - 2026-10-01

- Older.

[1.1.0]: https://example.com
`
const versions = (version: string) => ({ 'package.json': version, 'package-lock.json': version })

describe('the notes of a release', () => {
  test('are what the changelog says of it, and nothing of its neighbours', () => {
    expect(releaseNotes('v1.2.0', versions('1.2.0'), CHANGELOG)).toBe('### Added\n\n- The kind `swarm`.')
    expect(releaseNotes('v1.1.0', versions('1.1.0'), CHANGELOG)).toBe('- Older.')
  })

  test.each([
    ['a tag that is no version', 'v1.2', '1.2', 'is no version'],
    ['a tag that is a name', 'vnext.0.0', '1.2.0', 'is no version'],
    ['a package of another version', 'v1.2.0', '1.1.0', 'package.json says 1.1.0'],
    ['a version that the changelog lacks', 'v1.3.0', '1.3.0', 'no heading'],
  ])('are refused for %s', (_, tag, version, words) => {
    expect(() => releaseNotes(tag, versions(version), CHANGELOG)).toThrow(words)
  })

  test('are refused when nobody wrote any', () => {
    expect(() => releaseNotes('v2.0.0', versions('2.0.0'), '## [2.0.0] - 2027-01-01\n\n')).toThrow('nothing')
  })
})

describe('the major tag', () => {
  const TAGS = ['v1', 'v1.9.0', 'v1.10.0', 'v2.0.0', 'somebody', '']

  test('goes to the newest release of its major version', () => {
    expect(majorToMove('v1.10.0', TAGS)).toBe('v1')
    expect(majorToMove('v2.0.0', TAGS)).toBe('v2')
  })

  test('is not taken back by a fix of an older line', () => {
    expect(() => majorToMove('v1.9.1', [...TAGS, 'v1.9.1'])).toThrow('v1.10.0 is newer')
  })
})
