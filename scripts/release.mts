import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { majorToMove, releaseNotes } from './release/version.mts'

// For the workflows of a release: `notes <tag>` prints what the changelog has of it, `major <tag>` the tag that is to
// follow it, given all tags on standard input. What does not fit together stops the release.

const root = resolve(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const [task, tag = ''] = process.argv.slice(2)

try {
  if (task === 'notes') {
    const versions = {
      'package.json': String(JSON.parse(read('package.json')).version),
      'package-lock.json': String(JSON.parse(read('package-lock.json')).version),
    }
    console.log(releaseNotes(tag, versions, read('CHANGELOG.md')))
  } else if (task === 'major') {
    console.log(majorToMove(tag, readFileSync(0, 'utf8').split('\n')))
  } else throw new Error('Say `notes <tag>` or `major <tag>`.')
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
