import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { licencesOf } from '../../../scripts/dist/licences.mts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rollbook-licences-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

/** A package with a file that was bundled; returns the file's path. */
const install = async (at: string, manifest: object, licence?: string): Promise<string> => {
  const folder = join(root, 'node_modules', at)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  if (licence !== undefined) await writeFile(join(folder, 'LICENSE.md'), licence)
  return join(folder, 'lib/index.js')
}

test('every bundled package stands there once, by name, with its whole text', async () => {
  const tunnel = await install(
    'tunnel',
    { name: 'tunnel', version: '0.0.6', license: 'MIT' },
    'Be kind.\r\nAlways.\r\n',
  )
  const core = await install(
    '@actions/core',
    { name: '@actions/core', version: '3.0.1', license: 'MIT' },
    'Yes.',
  )
  const text = await licencesOf([tunnel, join(root, 'src/main.ts'), core, tunnel])
  expect(text.match(/^\S+ \d+\.\d+\.\d+$/gm)).toEqual(['@actions/core 3.0.1', 'tunnel 0.0.6'])
  expect(text).toContain('Be kind.\nAlways.\n')
})

test('of a package within a package, it is the inner one', async () => {
  const inner = await install('a/node_modules/b', { name: 'b', version: '2.0.0', license: 'ISC' }, 'Inner.')
  expect(await licencesOf([inner])).toContain('b 2.0.0\nISC\n\nInner.')
})

test('a package without a text is told with what its manifest says', async () => {
  const author = { name: 'Sam', email: 'sam@example.org' }
  const file = await install('shell-escape', {
    name: 'shell-escape',
    version: '0.2.0',
    license: 'MIT',
    author,
  })
  expect(await licencesOf([file])).toContain('Its manifest says: MIT, Sam.')
})

test('a package that says nothing about its licence cannot be shipped', async () => {
  const file = await install('mystery', { name: 'mystery', version: '1.0.0' })
  await expect(licencesOf([file])).rejects.toThrow('mystery says nothing about its licence')
})
