import { rm, symlink, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeProduction } from '../../test/support/production.ts'

// A process of its own: so many SSH servers, each with a folder, a shell that is real, and a site. It takes words on its
// input, a line each, and answers each with one line of JSON; the end of the input ends it.

const LIVE = '3'
const count = Number(process.argv[2])
const names = Array.from({ length: count }, (_, at) => `web-${String(at + 1).padStart(3, '0')}`)

await using production = await makeProduction({
  machines: Object.fromEntries(names.map(name => [name, { releases: ['1', '2', LIVE], live: LIVE }])),
})
const { machines, inputs } = production
const answer = (value: unknown) => console.log(JSON.stringify(value))

/** As if nobody had ever rolled back here. */
const reset = async (): Promise<void> => {
  while (machines.some(({ ssh }) => ssh.processes().length > 0)) await sleep(50)
  for (const { site, ssh } of machines) {
    await rm(join(ssh.home, '.rollbook'), { recursive: true, force: true })
    await unlink(join(site.path, 'current'))
    await symlink(`releases/${LIVE}`, join(site.path, 'current'))
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  switch (line) {
    case 'inputs':
      answer(inputs)
      break
    case 'reset':
      await reset()
      answer('ready')
      break
    case 'live':
      answer(machines.map(({ site }) => site.live()))
      break
  }
}
