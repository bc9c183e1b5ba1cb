// The demo is TypeScript that Node runs as it is, from 22.18 on. This file is the word for those who have an older one.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const installed = join(here, '../node_modules/.bin/node')

if (process.features.typescript) await import('./demo.ts')
else if (existsSync(installed)) {
  const { status } = spawnSync(installed, [join(here, 'demo.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
} else {
  console.error(
    `This is Node ${process.versions.node}. The demo needs Node 22.18 or newer; nothing was changed.`,
  )
  console.error('Install a newer one from https://nodejs.org, or run: npx --yes node@24 demo/demo.ts')
  process.exitCode = 1
}
