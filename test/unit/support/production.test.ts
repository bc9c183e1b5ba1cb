import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { makeFolder } from '../../support/folder.ts'
import { makeProduction } from '../../support/production.ts'

const THREE = { releases: ['1', '2', '3'], live: '3' }

/** Runs a command on every host with the plain `ssh` client, as a person would who was given the inputs. */
const onEveryHost = async (inputs: Readonly<Record<string, string>>, command: string): Promise<string[]> => {
  await using folder = await makeFolder()
  const key = join(folder.path, 'key')
  const knownHosts = join(folder.path, 'known_hosts')
  await writeFile(key, inputs['ssh-private-key'] ?? '', { mode: 0o600 })
  await writeFile(knownHosts, `${inputs['known-hosts']}\n`)
  const outputs: string[] = []
  for (const host of inputs.hosts?.split('\n') ?? []) {
    const [, goal = '', port = ''] = /=(.*):(\d+)$/.exec(host) ?? []
    const options = ['-F', '/dev/null', '-i', key, '-o', `UserKnownHostsFile=${knownHosts}`, '-p', port]
    outputs.push((await promisify(execFile)('ssh', [...options, goal, command])).stdout)
  }
  return outputs
}

test.runIf(process.platform === 'linux')('one path leads to another site on each of two hosts', async () => {
  await using production = await makeProduction({
    machines: { 'web-1': THREE, 'web-2': { ...THREE, live: '2' } },
  })
  const { machines, inputs } = production
  expect(await onEveryHost(inputs, `readlink ${inputs.path}/current`)).toEqual([
    'releases/3\n',
    'releases/2\n',
  ])
  await onEveryHost(inputs, `ln -sfn releases/1 ${inputs.path}/current`)
  expect(await Promise.all(machines.map(({ site }) => site.serves()))).toEqual(['1', '1'])
})

test('what a run leaves on a host is seen, with its lock', async () => {
  await using production = await makeProduction({ machines: { web: THREE } })
  const [web] = production.machines
  expect([await web.state(), await web.locked()]).toEqual([{}, false])
  const state = '~/.rollbook/shop/production'
  await onEveryHost(
    production.inputs,
    `mkdir -p ${state}; echo {} > ${state}/ledger.jsonl; ln -s run:1:2 ${state}/lock`,
  )
  expect(await web.locked()).toBe(true)
  expect(await web.state()).toEqual({ 'production/ledger.jsonl': '{}\n', 'production/lock': '-> run:1:2' })
})
