import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { makeFolder } from '../../support/folder.ts'
import { runProgram } from './docker.ts'
import { bootHost, IMAGE, type TestHost } from './host.ts'
import { labelsOf, removeFleet, sweep } from './owner.ts'

export type { TestHost } from './host.ts'

/** Hosts in the order of their names, all gone at the end of the scope that holds them. */
export type Fleet<Names extends readonly string[]> = {
  readonly [Name in keyof Names]: TestHost
} & AsyncDisposable

/**
 * Boots a container for each name, all at once: `await using fleet = await startHosts(['web-1', 'web-2'])`.
 * @param options more words for `docker run`, such as a volume.
 * @throws when the machine is not prepared, or when one does not boot; then none is left.
 */
export const startHosts = async <const Names extends readonly string[]>(
  names: Names,
  options: readonly string[] = [],
): Promise<Fleet<Names>> => {
  const image = await runProgram('docker', ['image', 'inspect', IMAGE])
  if (image.code !== 0)
    throw new Error(
      `no test host can start (${image.stderr.trim()}): first run \`bash test/system/prepare.sh\``,
    )
  await sweep()

  const fleet = randomUUID()
  const folder = await makeFolder('rollbook-hosts')
  const dispose = async (): Promise<void> => {
    await removeFleet(fleet)
    await folder[Symbol.asyncDispose]()
  }
  const keyFile = join(folder.path, 'id_ed25519')
  await runProgram('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'rollbook-test', '-f', keyFile])
  const booted = await Promise.allSettled(
    names.map(name => bootHost(name, keyFile, labelsOf(fleet), options)),
  )
  const failed = booted.find(result => result.status === 'rejected')
  if (failed) {
    await dispose()
    throw failed.reason
  }
  const hosts = booted.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  // The compiler cannot see that there is one host for each name; allSettled keeps count and order.
  return Object.assign(hosts, { [Symbol.asyncDispose]: dispose }) as unknown as Fleet<Names>
}
