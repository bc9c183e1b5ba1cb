import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes a file of a run as `rollbook-<run>.<ending>`, readable by its owner alone. A reader sees the old file or the
 * new one, never half of one.
 *
 * @param folder on the runner; made when it isn't there
 * @returns the path of the file
 */
export async function writePrivateFile(
  folder: string,
  run: string,
  ending: string,
  text: string,
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `rollbook-${fileName(run)}.${ending}`)
  const draft = `${path}.${randomUUID()}`
  try {
    // `wx` opens no file, and follows no link, that somebody else put there.
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  return path
}

const fileName = (run: string): string => run.replace(/[^\w.-]/g, '-').slice(0, 100) || 'run'
