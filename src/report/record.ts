import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunReport } from '../outcome.ts'

/**
 * Writes the record of a run as `rollbook-<run>.json`, readable by its owner alone; `docs/record.md` describes it.
 * `report` is masked already. A reader sees the old record or the new one, never half of one.
 *
 * @param folder on the runner; made when it isn't there
 * @returns the path of the record
 */
export async function writeRecord(report: RunReport, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `rollbook-${fileName(report.run)}.json`)
  const draft = `${path}.${randomUUID()}`
  try {
    // `wx` opens no file, and follows no link, that somebody else put there.
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(`${JSON.stringify(report, null, 2)}\n`)
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
