import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BUDGET, expectedFiles, faultsOf, filesUnder } from '../../scripts/dist/contents.mts'
import { differences } from '../../scripts/dist/differences.mts'

const root = resolve(import.meta.dirname, '../..')
const dist = join(root, 'dist')

describe.runIf(existsSync(dist))('what GitHub runs of us', () => {
  test('holds the files that were decided on, and nothing of this machine', async () => {
    expect(await faultsOf(dist, await expectedFiles(join(root, 'src')), [root])).toEqual([])
  })

  test('has no program that was compiled for one kind of machine', async () => {
    const names = await filesUnder(dist)
    expect(names.filter(name => !/\.(js|sh|txt|json)$/.test(name))).toEqual([])
    for (const name of names) expect((await readFile(join(dist, name))).includes(0), name).toBe(false)
  })

  test('carries the licence of every package that it contains', async () => {
    const licences = await readFile(join(dist, 'licenses.txt'), 'utf8')
    for (const name of ['@actions/core', '@actions/github', 'node-ssh', 'ssh2', 'undici', 'valibot', 'yaml'])
      expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'))
    expect(licences).not.toContain('\r')
  })
})

describe('the guard of dist/', () => {
  const expected = ['cli.js', 'probe.sh']
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollbook-dist-'))
    await writeFile(join(folder, 'cli.js'), '#!/usr/bin/env node\n', { mode: 0o755 })
    await writeFile(join(folder, 'probe.sh'), 'echo\n')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('has nothing to say of a good one', async () => {
    expect(await faultsOf(folder, expected, ['/home/dev/rollbook'])).toEqual([])
  })

  test('finds a native module that an install script left behind', async () => {
    await writeFile(join(folder, 'sshcrypto.node'), '')
    expect(await faultsOf(folder, expected, [])).toEqual(['sshcrypto.node does not belong in dist/'])
  })

  test('finds what is missing', async () => {
    await rm(join(folder, 'probe.sh'))
    expect(await faultsOf(folder, expected, [])).toEqual(['probe.sh is missing'])
  })

  test('finds a folder of the machine that built it', async () => {
    await writeFile(join(folder, 'probe.sh'), '# /home/dev/rollbook/src/probe.sh\n')
    const [fault] = await faultsOf(folder, expected, ['/home/dev/rollbook'])
    expect(fault).toContain('probe.sh names /home/dev/rollbook')
  })

  test('finds a bundle that has grown too big', async () => {
    await writeFile(join(folder, 'cli.js'), ' '.repeat(BUDGET + 1))
    const [fault] = await faultsOf(folder, expected, [])
    expect(fault).toContain(`${BUDGET + 1} bytes`)
  })

  test.skipIf(process.platform === 'win32')('finds a command that nobody may execute', async () => {
    await chmod(join(folder, 'cli.js'), 0o644)
    expect(await faultsOf(folder, expected, [])).toEqual(['cli.js is not executable'])
  })
})

describe('a stale dist/', () => {
  let shipped = ''
  let fresh = ''
  beforeEach(async () => {
    fresh = await mkdtemp(join(tmpdir(), 'rollbook-dist-'))
    shipped = `${fresh}-shipped`
    await writeFile(join(fresh, 'index.js'), 'one\ntwo\n', { mode: 0o644 })
    await writeFile(join(fresh, 'probe.sh'), 'echo\n')
    await cp(fresh, shipped, { recursive: true })
  })
  afterEach(async () => {
    for (const folder of [fresh, shipped]) await rm(folder, { recursive: true, force: true })
  })

  test('is told from one that is what the source builds', async () => {
    expect(await differences(shipped, fresh)).toEqual([])
  })

  test('shows the first line that differs', async () => {
    await writeFile(join(shipped, 'index.js'), 'one\ntoo\n')
    expect(await differences(shipped, fresh)).toEqual(['index.js differs, first in line 2'])
  })

  test('shows a file that nobody builds any more, and one that nobody added', async () => {
    await writeFile(join(shipped, '413.index.js'), '')
    await rm(join(shipped, 'probe.sh'))
    expect(await differences(shipped, fresh)).toEqual([
      '413.index.js is there, but a build does not make it',
      'probe.sh is missing',
    ])
  })

  test.skipIf(process.platform === 'win32')(
    'shows a command that lost its right to be executed',
    async () => {
      await chmod(join(fresh, 'index.js'), 0o755)
      expect(await differences(shipped, fresh)).toEqual(['index.js differs in who may execute it'])
    },
  )

  test('is one that was never built', async () => {
    await rm(shipped, { recursive: true })
    expect(await differences(shipped, fresh)).toEqual(['index.js is missing', 'probe.sh is missing'])
  })
})
