import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A fresh folder, gone when its scope ends: `await using folder = await makeFolder()`. */
export interface Folder extends AsyncDisposable {
  readonly path: string
}

export const makeFolder = async (name = 'rollbook'): Promise<Folder> => {
  const path = await mkdtemp(join(tmpdir(), `${name}-`))
  return {
    path,
    // A program on a "host" may still be writing its last line.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  }
}
