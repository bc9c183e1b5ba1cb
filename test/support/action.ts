import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Folder, makeFolder } from './folder.ts'

export interface Fixture {
  /** ESM source. */
  readonly main: string
  readonly post?: string
  /** Lines below `inputs:`, indented by two. */
  readonly inputs?: string
}

/** Writes a tiny action, for tests of what drives an action. */
export const makeAction = async ({ main, post, inputs }: Fixture): Promise<Folder> => {
  const folder = await makeFolder('action')
  const lines = [
    'name: tiny',
    'description: a fixture',
    ...(inputs === undefined ? [] : ['inputs:', inputs]),
    'runs:',
    '  using: node24',
    '  main: main.mjs',
    ...(post === undefined ? [] : ['  post: post.mjs']),
  ]
  await writeFile(join(folder.path, 'action.yml'), `${lines.join('\n')}\n`)
  await writeFile(join(folder.path, 'main.mjs'), main)
  if (post !== undefined) await writeFile(join(folder.path, 'post.mjs'), post)
  return folder
}
