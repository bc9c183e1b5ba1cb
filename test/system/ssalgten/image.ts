import { createHash } from 'node:crypto'
import { copyFile, cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../../support/folder.ts'
import { docker, runProgram } from '../hosts/docker.ts'
import { IMAGE } from '../hosts/host.ts'

const RECIPE = join(import.meta.dirname, 'image')
const NAME = 'rollbook-test-ssalgten'

/**
 * Makes the image `rollbook-test-ssalgten:ready`, which the services of the story are built on: a test host with the Node.js
 * that runs this, and Prisma from the registry of packages. It is kept between runs, keyed by its recipe.
 *
 * @throws with the words of npm or of the engine.
 */
export const makeImage = async (): Promise<void> => {
  const files = await Promise.all(
    ['Dockerfile', 'package-lock.json'].map(file => readFile(join(RECIPE, file), 'utf8')),
  )
  const host = await docker('image', 'inspect', '--format', '{{.Id}}', IMAGE)
  const recipe = createHash('sha256')
    .update(JSON.stringify([host, process.version, ...files]))
    .digest('hex')
  const image = `${NAME}:${recipe.slice(0, 16)}`
  const known = await runProgram('docker', ['image', 'inspect', image])
  if (known.code !== 0) await build(image)
  await docker('tag', image, `${NAME}:ready`)
}

const build = async (image: string): Promise<void> => {
  await using folder = await makeFolder('rollbook-ssalgten-image')
  await cp(RECIPE, folder.path, { recursive: true })
  await copyFile(process.execPath, join(folder.path, 'node'))
  const words = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder.path]
  const installed = await runProgram('npm', ['ci', ...words])
  if (installed.code !== 0) throw new Error(`npm ci for ${image}: ${installed.stderr}`)
  await docker('build', '--quiet', '--tag', image, folder.path)
}
