import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expectedFiles, faultsOf } from './dist/contents.mts'
import { differences } from './dist/differences.mts'
import { makeDist } from './dist/make.mts'

// Is dist/ what the source builds, no file more and no byte else? `git diff` would not see a file that nobody added.

const root = resolve(import.meta.dirname, '..')
const dist = join(root, 'dist')
const fresh = await mkdtemp(join(tmpdir(), 'rollbook-dist-'))
try {
  await makeDist(root, fresh)
  const stale = await differences(dist, fresh)
  const faults = await faultsOf(fresh, await expectedFiles(join(root, 'src')), [root])
  for (const line of [...stale, ...faults]) console.error(`dist/: ${line}`)
  if (stale.length > 0) console.error('dist/ is stale. Mend it: npm run build, then commit dist/.')
  process.exitCode = stale.length + faults.length > 0 ? 1 : 0
} finally {
  await rm(fresh, { recursive: true, force: true })
}
