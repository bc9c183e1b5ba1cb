import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const EXAMPLES = join(import.meta.dirname, '../../../examples/runbooks')

/** A runbook of the examples with nothing changed but what each pair says. @throws when it does not say the first of a pair. */
export const runbookWith = async (
  changes: Readonly<Record<string, string>>,
  example = 'fap-api',
): Promise<string> => {
  const file = join(EXAMPLES, `${example}.yml`)
  let text = await readFile(file, 'utf8')
  for (const [said, wanted] of Object.entries(changes)) {
    if (!text.includes(said)) throw new Error(`${file} does not say ${said}`)
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
