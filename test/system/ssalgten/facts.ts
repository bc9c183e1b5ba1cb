import { docker } from '../hosts/docker.ts'
import { FILES } from './settings.ts'
import type { Ask } from './store.ts'

/** What is looked at on the host, past Rollbook. */
export interface Facts {
  /** Where the checkout stands, and on which branch. */
  readonly commit: string
  /** Changes in the checkout that are in no commit. */
  readonly changes: string
  /** Bytes, owner and mode of the files with settings. */
  readonly settings: string
  /** `service state id-of-image`, of every container. */
  readonly containers: readonly string[]
  readonly rows: string
  readonly answers: { readonly status: number } & Readonly<Record<string, unknown>>
}

/** What would be changed back by an undo. */
export const factsOf = async (
  project: string,
  run: (script: string) => Promise<string>,
  ask: Ask,
): Promise<Facts> => ({
  commit: (await run('git rev-parse HEAD; git symbolic-ref --quiet --short HEAD || echo detached')).trim(),
  changes: await run('git status --porcelain'),
  settings: await run(`stat -c '%n %U:%G %a' ${FILES.join(' ')}; cat ${FILES.join(' ')}`),
  containers: await containersOf(project),
  rows: await ask('select count(*) from readings'),
  answers: await answersOf(run),
})

const containersOf = async (project: string): Promise<readonly string[]> => {
  const ids = await docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`)
  const format = '{{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{.Image}}'
  return (await docker('inspect', '--format', format, ...ids.split('\n'))).split('\n').sort()
}

/** What the address of the document says on the host itself. */
const answersOf = async (run: (script: string) => Promise<string>): Promise<Facts['answers']> => {
  const said = await run(`curl -s -w '\\n%{http_code}' http://localhost/api/health`)
  const [body = '', status] = [said.slice(0, said.lastIndexOf('\n')), said.slice(said.lastIndexOf('\n') + 1)]
  return { status: Number(status), ...(body.startsWith('{') && JSON.parse(body)) }
}
