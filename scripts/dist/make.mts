import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OVER } from '../../src/loose-ends.ts'
import { bundle } from './bundle.mts'
import { licencesOf } from './licences.mts'
import { treeShake } from './tree-shake.mts'

/** The GitHub client and its plugins are a file of their own, loaded only by a run that talks to GitHub. */
const GITHUB = ['@actions/github', '@octokit/plugin-retry', '@octokit/plugin-throttling']

/** What starts the bundle: the runner starts `main.js` and `post.js`, a person starts `cli.js`. */
const ENTRIES = {
  'main.js': `'use strict'\nrequire('./index.js').main()\n`,
  // After nearly every step nothing is left to do, and loading the bundle would be all of the post step.
  'post.js': `'use strict'\nif (process.env.STATE_${OVER} !== 'true') require('./index.js').post()\n`,
  'cli.js': `#!/usr/bin/env node\n'use strict'\nrequire('./index.js').cli()\n`,
}

/**
 * Builds the project at `root` into the folder `dist`. What was there is replaced, but only once all else has worked.
 *
 * The same source gives the same bytes, in whatever folder and on whatever day.
 *
 * @throws When the source does not bundle, or something unexpected would be shipped.
 */
export const makeDist = async (root: string, dist: string): Promise<void> => {
  await mkdir(join(root, 'build'), { recursive: true })
  const work = await mkdtemp(join(root, 'build/'))
  const before = process.cwd()
  try {
    // webpack names its modules relative to the working folder; from here, no name holds a folder's own name.
    process.chdir(work)
    const files = await compile(root, work)
    await rm(dist, { recursive: true, force: true })
    await mkdir(dist, { recursive: true })
    for (const [name, content] of files) await writeFile(join(dist, name), content)
    for (const name of (await readdir(work)).filter(file => file.endsWith('.sh')))
      await copyFile(join(work, name), join(dist, name))
    await chmod(join(dist, 'cli.js'), 0o755)
  } finally {
    process.chdir(before)
    await rm(work, { recursive: true, force: true })
  }
}

/** All files but the shell files, which land in `work`. */
const compile = async (root: string, work: string): Promise<Map<string, string>> => {
  const used = [
    ...(await treeShake(root, join(root, 'src/bundle.ts'), 'index', GITHUB, work)),
    ...(await treeShake(root, 'github-client', 'github', [], work)),
  ]
  // ncc asks the nearest package.json for the format of its output; no `type` means CommonJS.
  await writeFile(join(work, 'package.json'), '{}\n')
  // Without one, ncc makes Node warn about how it looks for it.
  await writeFile(join(work, 'tsconfig.json'), '{}\n')
  // The project's own package.json says `module`.
  const made = new Map([['package.json', '{ "type": "commonjs" }\n']])
  for (const name of ['index', 'github']) {
    const { code, files } = await bundle(
      join(work, `${name}.js`),
      work,
      Object.fromEntries(GITHUB.map(each => [each, './github.js'])),
      name === 'index',
    )
    made.set(`${name}.js`, inAscii(code))
    used.push(...files)
  }
  for (const [name, text] of Object.entries(ENTRIES)) made.set(name, text)
  return made.set('licenses.txt', await licencesOf(used))
}

/**
 * One character outside of Latin-1 makes V8 keep the whole text in twice the room, and a fifth slower to compile, which
 * is most of the start. So does it show in a review what else looks like a letter or turns the direction of a line.
 */
const inAscii = (code: string): string =>
  code.replace(/[\u0080-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
