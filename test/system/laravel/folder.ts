import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { quote } from '../../../src/host/quote.ts'

/** Shell lines that write every file of a folder of this repository below `target`, as whoever runs them. */
export const linesThatWrite = async (folder: string, target: string): Promise<string> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const lines = files.sort().map(async file => {
    const path = quote(`${target}${file.slice(folder.length)}`)
    return `mkdir -p "$(dirname ${path})" && printf %s ${quote(await readFile(file, 'utf8'))} >${path}\n`
  })
  return (await Promise.all(lines)).join('')
}
