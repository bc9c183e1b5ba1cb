import { spawnSync } from 'node:child_process'

/** Every file below a folder that holds a text, whoever may read it. */
export const filesHolding = (folder: string, text: string): readonly string[] => {
  const { status, stdout, stderr } = spawnSync('grep', ['-rlaF', '-D', 'skip', '-e', text, folder], {
    encoding: 'utf8',
  })
  if (status !== 0 && status !== 1) throw new Error(stderr)
  return stdout.split('\n').filter(Boolean)
}
