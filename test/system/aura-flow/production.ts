import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { quote } from '../../../src/host/quote.ts'
import { forgetKept, removeImages } from '../compose/images.ts'
import { allowDeploy, ENGINE } from '../compose/project.ts'
import { docker } from '../hosts/docker.ts'
import { startHosts, type TestHost } from '../hosts/hosts.ts'
import { labelsOf } from '../hosts/owner.ts'
import { linesThatWrite } from '../laravel/folder.ts'
import { must } from '../laravel/must.ts'
import { type Answers, answersOf, type Facts, factsOf } from './facts.ts'
import { type Ask, dumpOfTheNight, fill, PASSWORD, startStore } from './store.ts'

/** As the runbook names them. */
export const PATH = '/opt/aura-flow'
export const BACKUPS = '/var/backups/aura-flow'
export const CONFIGURATION = '/etc/nginx/conf.d/aura.conf'

/** Aura Flow as its document describes it: an api in Compose and the next one beside it, behind nginx, with PostgreSQL. */
export interface Production extends AsyncDisposable {
  readonly host: TestHost
  /** Where users are answered. */
  readonly url: string
  /** Runs a script in the folder of the project as the deploy user. @throws when it fails. */
  run(script: string): Promise<string>
  /** Asks the database, past the application. */
  readonly ask: Ask
  facts(): Promise<Facts>
  answers(): Promise<Answers>
  /** Release v1.1.0 serves, the dump of the night is there, and all that an earlier test made is gone, such as the file `go`. */
  reset(): Promise<void>
}

const here = (name: string): string => join(import.meta.dirname, name)

/** @throws when any of it does not come up; then nothing is left. */
export const startProduction = async (): Promise<Production> => {
  const name = `rollbook-test-${randomBytes(4).toString('hex')}`
  const built = build(name)
  const fleet = await startHosts(['app'], ENGINE)
  const [host] = fleet
  const url = `http://127.0.0.1:${host.httpPort}`
  const run = (script: string) => must(host, `cd ${PATH}\n${script}`, 'deploy')
  const dispose = async (): Promise<void> => {
    await forgetKept(host)
    const ids = await docker('ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${name}`)
    if (ids !== '') await docker('rm', '--force', '--volumes', ...ids.split('\n'))
    await fleet[Symbol.asyncDispose]()
    await removeImages(name)
  }
  try {
    await built
    const project = await projectOf(host, name)
    await lay(host)
    const ask = await startStore(host)
    return {
      host,
      url,
      run,
      ask,
      facts: () => factsOf(name, url, run, ask),
      answers: () => answersOf(url),
      async reset() {
        await forgetKept(host)
        await must(host, `rm -rf /home/deploy/.rollbook; find ${BACKUPS} -mindepth 1 -delete`)
        await run(`rm -f go\n${project}`)
        await run(await siteOf())
        await fill(ask)
        await dumpOfTheNight(host, BACKUPS)
        await run('docker compose up -d --wait 2>&1')
        await must(host, 'systemctl reload-or-restart nginx')
      },
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** Two releases of the api, and one of the next one. */
const build = async (name: string): Promise<void> => {
  const image = (tag: string, version: string, port: number) =>
    docker(
      ...['build', '--quiet', '--tag', `${name}-${tag}:${version}`],
      ...['--build-arg', `VERSION=${version}`, '--build-arg', `PORT=${port}`, here('image')],
    )
  await image('api', 'v1.0.0', 8001)
  await image('api', 'v1.1.0', 8001)
  await image('api-v2', 'v2.0.0', 8002)
}

/** Shell lines that write the project, with the names of this test in it. */
const projectOf = async (host: TestHost, name: string): Promise<string> => {
  const labels = Object.fromEntries(labelsOf('compose').map(label => label.split('=')))
  const container = await docker('ps', '--quiet', '--no-trunc', '--filter', `publish=${host.sshPort}`)
  const lines = (await linesThatWrite(here('project'), PATH))
    .replaceAll('@NAME@', name)
    .replaceAll('@LABELS@', JSON.stringify(labels))
    .replaceAll('@HOST@', container)
  return `${lines}
( umask 077; printf 'DB_PASSWORD=%s\\n' ${quote(dotenv(PASSWORD))} >.env )
chmod 0755 scripts/verify-deploy.sh deploy/switch_upstream.sh`
}

// In double quotes, as Compose reads them.
const dotenv = (value: string): string => `"${value.replace(/[\\"$]/g, '\\$&')}"`

/** Shell lines for what the deploy user owns of nginx: the site, and which api it goes to. */
const siteOf = async (): Promise<string> => {
  const file = async (name: string, path: string) =>
    `printf %s ${quote(await readFile(here(`nginx/${name}`), 'utf8'))} >${path}\n`
  return `${await file('aura.conf', CONFIGURATION)}
${await file('api_v1.conf', '/etc/nginx/aura/api_v1.conf')}
${await file('api_v2.conf', '/etc/nginx/aura/api_v2.conf')}
rm -f ${CONFIGURATION}.backup
ln -sfn /etc/nginx/aura/api_v1.conf /etc/nginx/aura/upstream.conf`
}

/** What root does once. */
const lay = async (host: TestHost): Promise<void> => {
  await allowDeploy(host)
  const nginx = (await readFile(here('nginx/nginx.conf'), 'utf8')).replace('@PORT@', String(host.httpPort))
  await host.write('/etc/nginx/nginx.conf', nginx)
  await host.write('/etc/sudoers.d/aura-flow', await readFile(here('sudoers'), 'utf8'))
  await must(
    host,
    `chmod 0440 /etc/sudoers.d/aura-flow; visudo --check --quiet
install -d -o deploy -g deploy ${PATH} /etc/nginx/conf.d /etc/nginx/aura
install -d -o deploy -g deploy -m 0700 ${BACKUPS}`,
  )
}
