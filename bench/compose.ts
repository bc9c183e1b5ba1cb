import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, release } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { makeFolder } from '../test/support/folder.ts'
import { listen } from '../test/support/listen.ts'
import { runAction } from '../test/support/runner.ts'
import { buildImage, removeImages } from '../test/system/compose/images.ts'
import { allowDeploy, ENGINE, newProject, ownLabels } from '../test/system/compose/project.ts'
import { proxiedFile } from '../test/system/compose/proxied.ts'
import { startHosts } from '../test/system/hosts/hosts.ts'
import { writeRunbook } from '../test/system/laravel/runbook.ts'
import { type Gap, gapDuring } from './compose/gap.ts'
import { pairedRatios, type Spread, spread } from './statistics.ts'

// node bench/compose.ts [--runs N] [--write]
// How long users get no answer while images go back, beside the script that the documents of Compose projects tell
// people to use. A test host must be prepared: bash test/system/prepare.sh

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, write: { type: 'boolean', default: false } },
})
const runs = Number(values.runs)
const ACTION = resolve(import.meta.dirname, '..')

const freePort = async (): Promise<number> => {
  const server = createServer()
  const port = await listen(server)
  await new Promise(done => server.close(done))
  return port
}

await using fleet = await startHosts(['app'], ENGINE)
const [host] = fleet
await allowDeploy(host)
await using open = await newProject(host)
await using proxied = await newProject(host)
await using workspace = await makeFolder('bench-compose')
const [openPort, proxiedPort] = [await freePort(), await freePort()]
for (const version of ['1.0', '1.1']) {
  await buildImage(open.backend, version)
  await buildImage(proxied.backend, version)
}

const openFile = `name: ${open.name}
services:
  web:
    image: ${open.backend}:1.1
    init: true
    ports: ["127.0.0.1:${openPort}:80"]
${ownLabels()}
`
const deploy = async () => {
  await open.write('docker-compose.yml', openFile)
  await open.run('docker compose up -d --wait 2>&1')
  await proxied.write('docker-compose.yml', proxiedFile(proxied, `${proxied.backend}:1.1`, proxiedPort))
  await proxied.run('docker compose up -d --wait --no-recreate 2>&1 && docker compose up -d --wait 2>&1')
}
await writeRunbook(
  workspace.path,
  `app: shop
environments:
  production: { hosts: { app: "deploy@127.0.0.1:${host.sshPort}" } }
rollbacks:
  image: { switch: [ { images: { compose: ${open.path}, services: [web] } } ] }
  roll: { switch: [ { images: { compose: ${proxied.path}, services: [web], roll: true } } ] }
`,
)
const rollback = async (name: string): Promise<void> => {
  const went = await runAction({
    action: ACTION,
    cwd: workspace.path,
    inputs: {
      rollback: name,
      target: '1.0',
      'ssh-private-key': host.privateKey,
      'known-hosts': host.knownHosts,
      reason: 'bench',
    },
  })
  if (went.outputs.outcome !== 'rolled-back') throw new Error(went.log.join('\n'))
}

const url = (port: number) => `http://127.0.0.1:${port}/`
const contenders = [
  {
    name: 'the document: `sed -i`, `down`, `up -d`',
    url: url(openPort),
    go: async () =>
      void (await open.run(
        `sed -i s/:1.1/:1.0/ docker-compose.yml && docker compose down 2>&1 && docker compose up -d 2>&1`,
      )),
  },
  { name: 'Rollbook', url: url(openPort), go: () => rollback('image') },
  { name: 'Rollbook, `roll: true`, behind nginx', url: url(proxiedPort), go: () => rollback('roll') },
]
const series = contenders.map(contender => ({ contender, gaps: [] as Gap[] }))
for (let run = 0; run <= runs; run += 1) {
  for (const { contender, gaps } of series) {
    await deploy()
    await host.run('rm -rf /home/deploy/.rollbook')
    const gap = await gapDuring(contender.url, contender.go)
    console.error(
      `${run}/${runs} ${contender.name}: ${gap.seconds.toFixed(2)} s, ${gap.failed} of ${gap.asked} failed`,
    )
    // The first one is for warming up.
    if (run > 0) gaps.push(gap)
  }
}

await removeImages('rollbook-keep/web')

const shown = ({ median, least, most }: Spread) =>
  `**${median.toFixed(2)}** (${least.toFixed(2)}–${most.toFixed(2)})`
const secondsOf = (at: number) => series[at]?.gaps.map(({ seconds }) => seconds) ?? []
const rows = series.map(({ contender: { name }, gaps }) => {
  const failed = gaps.reduce((sum, gap) => sum + gap.failed, 0)
  const asked = gaps.reduce((sum, gap) => sum + gap.asked, 0)
  return `| ${name} | ${shown(spread(gaps.map(({ seconds }) => seconds)))} | ${failed} of ${asked} |`
})
const text = `# How long a service is away while its image goes back

${new Date().toISOString().slice(0, 10)}, ${runs} runs after one warm-up, on ${cpus().length} cores, Linux ${release()}. A web service of 4 MB with a health check each second, \`init: true\`
and a second of grace when it stops. Seconds from the first request that failed to the first answer after the last that failed, asked every 10 ms.

|  | seconds without an answer | requests that failed |
| --- | --- | --- |
${rows.join('\n')}

Rollbook's gap beside the document's, run by run: ${shown(pairedRatios(secondsOf(1), secondsOf(0)))}. They take turns (A B C, A B C, …), so that each pair met the same machine.
The document runs on the host itself; Rollbook's numbers have SSH and the runner in them. \`node bench/compose.ts --write\` makes this page.
`
console.log(text)
if (values.write) writeFileSync(join(import.meta.dirname, 'COMPOSE.md'), text)
