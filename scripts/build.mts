import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BUDGET, expectedFiles, faultsOf, filesUnder } from './dist/contents.mts'
import { makeDist } from './dist/make.mts'

// Builds dist/, which is committed: GitHub runs it as it stands in the repository.

const root = resolve(import.meta.dirname, '..')
const dist = join(root, 'dist')

await makeDist(root, dist)

let total = 0
for (const name of (await filesUnder(dist)).filter(file => file.endsWith('.js'))) {
  const { length } = await readFile(join(dist, name))
  total += length
  console.log(`${String(length).padStart(9)}  dist/${name}`)
}
console.log(`${String(total).padStart(9)}  of ${BUDGET} bytes`)

const faults = await faultsOf(dist, await expectedFiles(join(root, 'src')), [root])
for (const fault of faults) console.error(`dist/: ${fault}`)
process.exitCode = faults.length > 0 ? 1 : 0
