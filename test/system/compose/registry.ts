import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../../support/folder.ts'
import { freePort } from '../../support/free-port.ts'
import { docker } from '../hosts/docker.ts'
import { startServer } from '../server.ts'
import { removeImages } from './images.ts'

/** A registry of images on this machine: engines speak plain HTTP to 127.0.0.1. */
export interface Registry extends AsyncDisposable {
  /** Its address, as it stands in front of the name of an image. */
  readonly name: string
  /** Puts an image of this machine's engine into it, and takes it away from the engine. @returns its name without the tag */
  keep(repository: string, ...versions: readonly string[]): Promise<string>
}

/** Starts an empty one. @throws when this machine has none, or it does not start. */
export const startRegistry = async (): Promise<Registry> => {
  const folder = await makeFolder('registry')
  const name = `127.0.0.1:${await freePort()}`
  const config = join(folder.path, 'config.yml')
  await writeFile(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: join(folder.path, 'images') } },
      http: { addr: name },
    }),
  )
  const server = await startServer(
    ['docker-registry', 'serve', config],
    `http://${name}/v2/`,
    'docker-registry',
  )
  return {
    name,
    async keep(repository, ...versions) {
      const kept = `${name}/${repository}`
      for (const version of versions) {
        await docker('tag', `${repository}:${version}`, `${kept}:${version}`)
        await docker('push', '--quiet', `${kept}:${version}`)
        await docker('image', 'rm', `${kept}:${version}`, `${repository}:${version}`)
      }
      return kept
    },
    async [Symbol.asyncDispose]() {
      await server.kill()
      await removeImages(`${name}/`)
      await folder[Symbol.asyncDispose]()
    },
  }
}
