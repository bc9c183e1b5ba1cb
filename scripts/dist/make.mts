import { chmod, copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle } from './bundle.mts'
import { licencesOf } from './licences.mts'
import { treeShake } from './tree-shake.mts'

/** The GitHub client is a file of its own, loaded only by a run that talks to GitHub. */
const GITHUB = '@actions/github'

/** What starts the bundle: the runner starts `main.js` and `post.js`, a person starts `cli.js`. */
const ENTRIES = { main: '', post: '', cli: '#!/usr/bin/env node\n' }

const entry = (name: string, first: string): string =>
  `${first}'use strict'\nrequire('./index.js').${name}()\n`

/**
 * Builds the project at `root` into the folder `dist`, which is emptied first.
 *
 * The same source gives the same bytes, in whatever folder and on whatever day.
 *
 * @throws When the source does not bundle, or something unexpected would be shipped.
 */
export const makeDist = async (root: string, dist: string): Promise<void> => {
  const build = join(root, 'build')
  await rm(build, { recursive: true, force: true })
  await rm(dist, { recursive: true, force: true })
  await mkdir(dist, { recursive: true })
  // webpack names its modules relative to the working folder.
  process.chdir(root)

  const files = [
    ...(await treeShake(root, join(root, 'src/bundle.ts'), 'index', [GITHUB], build)),
    ...(await treeShake(root, GITHUB, 'github', [], build)),
  ]
  // ncc asks the nearest package.json for the format of its output; no `type` means CommonJS.
  await writeFile(join(build, 'package.json'), '{}\n')
  for (const name of ['index', 'github']) {
    const { code, files: bundled } = await bundle(join(build, `${name}.js`), build, {
      [GITHUB]: './github.js',
    })
    await writeFile(join(dist, `${name}.js`), code)
    files.push(...bundled)
  }

  for (const name of (await readdir(build)).filter(file => file.endsWith('.sh')))
    await copyFile(join(build, name), join(dist, name))
  for (const [name, first] of Object.entries(ENTRIES))
    await writeFile(join(dist, `${name}.js`), entry(name, first))
  await chmod(join(dist, 'cli.js'), 0o755)
  // The project's own package.json says `module`.
  await writeFile(join(dist, 'package.json'), '{ "type": "commonjs" }\n')
  await writeFile(join(dist, 'licenses.txt'), await licencesOf(files))
}
