import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filesUnder } from '../../scripts/dist/contents.mts'
import { differences } from '../../scripts/dist/differences.mts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')

/** Big, and of no use to a build. */
const LEFT_OUT =
  /^node_modules\/(\.|node-|@biomejs|@typescript|@vitest|@esbuild|vite|lightningcss|fast-check|typescript)/

let base = ''
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'rollbook-twice-'))
})
afterAll(() => rm(base, { recursive: true, force: true }))

const build = (checkout: string): Promise<unknown> =>
  run(process.execPath, [join(checkout, 'scripts/build.mts')], { cwd: tmpdir() })

test('two checkouts in different places build the same bytes', async () => {
  const first = join(base, 'a')
  for (const part of ['src', 'scripts', 'package.json', 'tsconfig.json', 'node_modules'])
    await cp(join(root, part), join(first, part), {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      filter: file => !LEFT_OUT.test(relative(root, file).split(sep).join('/')),
    })
  await build(first)
  await rename(join(first, 'dist'), join(base, 'dist-of-the-first'))

  const second = join(base, 'somewhere/deeper/with a space')
  await mkdir(join(base, 'somewhere/deeper'), { recursive: true })
  await rename(first, second)
  await build(second)

  expect(await differences(join(base, 'dist-of-the-first'), join(second, 'dist'))).toEqual([])
  expect(await filesUnder(join(second, 'dist'))).toContain('index.js')
})
