import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ACTION } from '../support/production.ts'

/** The Node.js of the machine itself, which is often older than ours. */
const MACHINE = ['/usr/bin/node', '/usr/local/bin/node'].find(path => {
  try {
    return execFileSync(path, ['--version'], { stdio: 'pipe' }).length > 0
  } catch {
    return false
  }
})

// Everywhere else CI has a job for it.
test.runIf(MACHINE)('there and back again on the Node.js of the machine', () => {
  const said = execFileSync('bash', [join(ACTION, 'test/oldest-node.sh')], {
    env: { ...process.env, NODE: MACHINE ?? '' },
    encoding: 'utf8',
  })
  expect(said).toContain('the command line works here')
})

test('nothing is called that the oldest promised Node.js does not have', () => {
  const bundle = readFileSync(join(ACTION, 'dist/index.js'), 'utf8')
  expect(bundle).not.toMatch(/\b(Map|Object)\.groupBy\(|Promise\.(withResolvers|try)\(|Array\.fromAsync\(/)
})
