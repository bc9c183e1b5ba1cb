import { randomBytes } from 'node:crypto'
import { docker } from '../hosts/docker.ts'
import type { TestHost } from '../hosts/hosts.ts'
import { labelsOf } from '../hosts/owner.ts'
import { must } from '../laravel/must.ts'
import { removeImages } from './images.ts'

/** What a host needs so that its Compose works on the engine of this machine. */
export const ENGINE = ['--volume', '/var/run/docker.sock:/var/run/docker.sock']

/** Lets the deploy user talk to the engine, as the group `docker` does. */
export const allowDeploy = (host: TestHost): Promise<string> =>
  must(
    host,
    `gid=$(stat -L -c %g /var/run/docker.sock)
getent group "$gid" >/dev/null || groupadd --gid "$gid" engine
usermod --append --groups "$(getent group "$gid" | cut -d : -f 1)" deploy`,
  )

/** A Compose project on a host; its containers and images are gone at the end of the scope that holds it. */
export interface Project extends AsyncDisposable {
  readonly name: string
  readonly path: string
  /** Names of images, each without its tag. */
  readonly backend: string
  readonly frontend: string
  /** Writes a file of the project as the deploy user. */
  write(name: string, text: string): Promise<void>
  read(name: string): Promise<string>
  /** Runs a script in the folder of the project as the deploy user. @throws when it fails. */
  run(script: string): Promise<string>
  /** `service image state` of each container, in the order of the services. */
  containers(): Promise<string[]>
}

export const newProject = async (host: TestHost): Promise<Project> => {
  const name = `rollbook-test-${randomBytes(4).toString('hex')}`
  const path = `/opt/${name}`
  const labelled = [`label=com.docker.compose.project=${name}`]
  const idsOf = async (kind: 'ps' | 'network') => {
    const all = kind === 'ps' ? ['ps', '--all'] : ['network', 'ls']
    const ids = await docker(...all, '--quiet', ...labelled.flatMap(each => ['--filter', each]))
    return ids.split('\n').filter(Boolean)
  }
  await must(host, `install -d -o deploy -g deploy ${path}`)
  const run = (script: string) => must(host, `cd ${path}\n${script}`, 'deploy')
  return {
    name,
    path,
    backend: `${name}-backend`,
    frontend: `${name}-frontend`,
    write: async (file, text) => {
      await host.write(`${path}/${file}`, text)
      await must(host, `chown deploy: ${path}/${file}`)
    },
    read: file => run(`cat ${file}`),
    run,
    containers: async () => {
      const rows = await docker(
        ...['ps', '--all', '--filter', labelled[0] ?? ''],
        ...['--format', '{{.Label "com.docker.compose.service"}} {{.Image}} {{.State}}'],
      )
      return rows
        .split('\n')
        .filter(Boolean)
        .map(row => row.replaceAll(`${name}-`, ''))
        .sort()
    },
    async [Symbol.asyncDispose]() {
      const ids = await idsOf('ps')
      if (ids.length > 0) await docker('rm', '--force', '--volumes', ...ids)
      for (const id of await idsOf('network')) await docker('network', 'rm', id)
      await must(host, `rm -rf ${path}`)
      await removeImages(name)
    },
  }
}

/** Lines for a service, so that what a killed test leaves behind is found by the next one. */
export const ownLabels = (indent = '    '): string =>
  [`${indent}labels:`, ...labelsOf('compose').map(label => `${indent}  ${label.replace('=', ': "')}"`)].join(
    '\n',
  )
