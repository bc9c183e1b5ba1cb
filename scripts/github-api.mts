// Writes test/support/github-api/: what GitHub's description of its API says of the routes that src/github asks. The whole
// of it has 385 MB, and only this script needs it: CONTRIBUTING.md says how to get it.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { excerpt } from './github-api/excerpt.mts'
import { routesOfCode } from './github-api/routes.mts'

const root = resolve(import.meta.dirname, '..')
const PACKAGE = join(root, 'node_modules/@octokit/openapi')
const FOLDER = join(root, 'test/support/github-api')

/** GitHub's own, and its oldest Enterprise Server that the tests hold us against. */
const DESCRIPTIONS = ['api.github.com', 'ghes-3.17']

/** Of which the fake in `test/support/github-api.ts` makes its answers. */
const EXAMPLES = [
  'commit-comment',
  'commit-comparison',
  'deployment-simple-example',
  'deployment-status',
  'issue',
  'issue-comment',
  'pull-request-simple-items',
]

for (const name of DESCRIPTIONS) {
  const whole: unknown = JSON.parse(readFileSync(join(PACKAGE, 'generated', `${name}.json`), 'utf8'))
  const part = excerpt(whole, routesOfCode(), EXAMPLES)
  writeFileSync(join(FOLDER, `${name}.generated.json`), `${JSON.stringify(part, null, 2)}\n`)
}
copyFileSync(join(PACKAGE, 'LICENSE'), join(FOLDER, 'LICENSE'))
