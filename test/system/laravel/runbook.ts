import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const FILE = join(import.meta.dirname, '../../../examples/runbooks/fap-api.yml')

/** The runbook of the examples with nothing changed but what each pair says. @throws when it does not say the first of a pair. */
export const runbookWith = async (changes: Readonly<Record<string, string>>): Promise<string> => {
  let text = await readFile(FILE, 'utf8')
  for (const [said, wanted] of Object.entries(changes)) {
    if (!text.includes(said)) throw new Error(`${FILE} does not say ${said}`)
    text = text.replaceAll(said, wanted)
  }
  return text
}

/** Puts a runbook where a workspace has it. */
export const writeRunbook = async (workspace: string, text: string): Promise<void> => {
  const file = join(workspace, '.github/rollbook.yml')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
