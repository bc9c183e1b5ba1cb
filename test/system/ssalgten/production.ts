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
import { type Facts, factsOf } from './facts.ts'
import { makeImage } from './image.ts'
import { type Settings, writeSettings } from './settings.ts'
import { fill, migrate, startStore } from './store.ts'

/** The checkout on the host: all paths of the runbook are in it, or are that of its backups. */
export const PATH = '/opt/ssalgten'
export const BACKUPS = '/var/backups/ssalgten'

/** SsalgTen as its document describes it: a checkout with services of Compose, of which nginx on the host gives one to the world. */
export interface Production extends AsyncDisposable {
  readonly host: TestHost
  /** Of the Compose project, and in front of the names of its images. */
  readonly name: string
  /** Commit 1.0, which serves, and 1.1, which was deployed over it with one migration more. */
  readonly good: string
  readonly bad: string
  /** Runs a script in the checkout as the deploy user. @throws when it fails. */
  run(script: string): Promise<string>
  /** Asks the database, past the application. */
  ask(sql: string, database?: string): Promise<string>
  facts(): Promise<Facts>
  /** Release 1.1 runs with these settings, and all that an earlier test made is gone. */
  reset(settings: Settings): Promise<void>
}

const NGINX = '/etc/nginx/sites-available/default'

/** @throws when any of it does not come up; then nothing is left. */
export const startProduction = async (): Promise<Production> => {
  await makeImage()
  const name = `rollbook-test-${randomBytes(4).toString('hex')}`
  await docker('network', 'create', name)
  const fleet = await startHosts(['app'], [...ENGINE, '--network', name])
  const [host] = fleet
  const run = (script: string) => must(host, `cd ${PATH}\n${script}`, 'deploy')
  const dispose = async (): Promise<void> => {
    await forgetKept(host)
    const ids = await docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${name}`)
    if (ids !== '') await docker('rm', '--force', '--volumes', ...ids.split('\n'))
    await fleet[Symbol.asyncDispose]()
    await docker('network', 'rm', name)
    await removeImages(name)
  }
  try {
    const { good, bad, images } = await lay(host, name, run)
    const ask = await startStore(run)
    await run('docker compose up -d --wait 2>&1')
    await migrate(run, ask)
    return {
      host,
      name,
      good,
      bad,
      run,
      ask,
      facts: () => factsOf(name, run, ask),
      async reset(settings) {
        await forgetKept(host)
        await must(host, `rm -rf /home/deploy/.rollbook; find ${BACKUPS} -mindepth 1 -delete`)
        await run(
          `git tag -l 'rollbook/*' | xargs -r git tag -d\ngit checkout -qf main\ngit reset -q --hard ${bad}`,
        )
        await run(writeSettings(settings))
        for (const [tag, id] of images) await docker('tag', id, tag)
        await fill(ask)
        await run('docker compose up -d --wait 2>&1')
      },
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** The checkout with its two commits, and the images that were built of each. */
const lay = async (host: TestHost, name: string, run: Production['run']) => {
  const here = (folder: string) => join(import.meta.dirname, folder)
  const labels = Object.fromEntries(labelsOf('compose').map(label => label.split('=')))
  const linesOf = async (folder: string) =>
    (await linesThatWrite(here(folder), PATH))
      .replaceAll('@NAME@', name)
      .replaceAll('@LABELS@', JSON.stringify(labels))
  await allowDeploy(host)
  await must(
    host,
    `install -d -o deploy ${PATH}; install -d -o deploy -m 0700 ${BACKUPS}
printf %s ${quote(await readFile(here('host-site.conf'), 'utf8'))} >${NGINX}; systemctl reload nginx`,
  )
  await run('git init -q -b main; git config user.name Mei; git config user.email mei@ssalgten.example.com')
  const release = async (folder: string, tag: string, services = '') => {
    await run(await linesOf(folder))
    await run(`chmod +x scripts/production-test.sh; git add .; git commit -qm ${tag}`)
    await run(writeSettings({ mode: 'legacy', tag }))
    await run(`docker compose build --quiet ${services} 2>&1`)
    return (await run('git rev-parse HEAD')).trim()
  }
  const good = await release('project', '1.0')
  const bad = await release('next', '1.1', 'backend frontend')
  const rows = await docker('image', 'ls', '--no-trunc', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}')
  const images = rows
    .split('\n')
    .filter(row => row.startsWith(name))
    .map((row): [string, string] => [row.split(' ')[0] ?? '', row.split(' ')[1] ?? ''])
  return { good, bad, images }
}
