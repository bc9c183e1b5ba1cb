import { docker } from '../hosts/docker.ts'
import { type Ask, CONTENTS } from './store.ts'

/** What is looked at past Rollbook. */
export interface Facts {
  /** Where the link of nginx goes. */
  readonly upstream: string
  /** Bytes, owner and mode of every file that a rollback may write. */
  readonly files: string
  /** `service state id-of-image`, of every container. */
  readonly containers: readonly string[]
  /** The database that is live, as the server knows it, and all that is in it. */
  readonly database: string
  /** What users are answered. */
  readonly answers: Answers
}

export interface Answers {
  /** Of `/healthz`. */
  readonly health: number
  /** Of `/status`. */
  readonly status: number
  readonly version?: string
  readonly database?: string
  readonly flows?: number
}

const FILES = [
  '/etc/nginx/conf.d/aura.conf',
  '/etc/nginx/aura/api_v1.conf',
  '/etc/nginx/aura/api_v2.conf',
  '/opt/aura-flow/docker-compose.yml',
  '/opt/aura-flow/.env',
].join(' ')

/** What has to be as it was after an undo, and after a drill. */
export const factsOf = async (
  project: string,
  url: string,
  run: (script: string) => Promise<string>,
  ask: Ask,
): Promise<Facts> => ({
  upstream: (await run('readlink /etc/nginx/aura/upstream.conf')).trim(),
  files: await run(`stat -c '%n %U:%G %a' ${FILES}; cat ${FILES}`),
  containers: await containersOf(project),
  database: await ask(CONTENTS, 'aura'),
  answers: await answersOf(url),
})

const containersOf = async (project: string): Promise<readonly string[]> => {
  const ids = await docker(
    'ps',
    '--all',
    '--quiet',
    '--filter',
    `label=com.docker.compose.project=${project}`,
  )
  const format = '{{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{.Image}}'
  return (await docker('inspect', '--format', format, ...ids.split('\n'))).split('\n').sort()
}

/** Asked from outside, as users do. */
export const answersOf = async (url: string): Promise<Answers> => {
  const get = (path: string) => fetch(`${url}${path}`, { signal: AbortSignal.timeout(10_000) })
  const health = await get('/healthz')
  await health.arrayBuffer()
  const status = await get('/status')
  const body = await status.text()
  return {
    health: health.status,
    status: status.status,
    ...(body.startsWith('{') && (JSON.parse(body) as object)),
  }
}
