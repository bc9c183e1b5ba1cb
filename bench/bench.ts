import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundleSizes, startTime } from './bundle.ts'
import { capistrano } from './contenders/capistrano.ts'
import { loggingIn, plainSsh } from './contenders/plain-ssh.ts'
import { rollbook } from './contenders/rollbook.ts'
import { shipit } from './contenders/shipit.ts'
import { startHosts } from './hosts.ts'
import { describeMachine } from './machine.ts'
import { measure, type Situation } from './measure.ts'
import { report } from './report.ts'

// npm run bench -- [--runs N] [--write] [--only NAME]…
// How long a rollback takes, beside those that people use today. Prints Markdown; what goes on is told on stderr.

const TOOLS = join(tmpdir(), 'rollbook-bench-tools')
const RESULTS = join(import.meta.dirname, 'RESULTS.md')
const SITUATIONS: readonly Situation[] = [
  { rtt: 0, hosts: 1 },
  { rtt: 0, hosts: 8 },
  { rtt: 30, hosts: 1 },
  { rtt: 30, hosts: 8 },
  // As far as from one continent to another. The peers take long there, and nothing is said of them that 30 ms do not say.
  { rtt: 150, hosts: 1, only: [rollbook, plainSsh, loggingIn] },
  { rtt: 150, hosts: 8, only: [rollbook, plainSsh, loggingIn] },
]
const WARM_UP = 1
const STARTS = 15

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    write: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
})
const tell = (text: string) => console.error(text)

if (!process.version.startsWith('v24.'))
  throw new Error(`the action runs on Node 24, this is ${process.version}`)
if (process.getuid?.() !== 0) throw new Error('the hosts are made with mount namespaces: run it as root')

execFileSync('bash', [join(import.meta.dirname, 'install.sh'), TOOLS], { stdio: ['ignore', 2, 2] })
const all = [rollbook, capistrano, shipit(TOOLS), plainSsh, loggingIn]
const contenders = all.filter(({ name }) => values.only.length === 0 || values.only.includes(name))

await using hosts = await startHosts(Math.max(...SITUATIONS.map(situation => situation.hosts)))
const series = await measure(contenders, SITUATIONS, hosts, {
  runs: Number(values.runs),
  warmUp: WARM_UP,
  tell,
})
const ours = contenders.includes(rollbook)
const text = report({
  date: new Date(),
  machine: describeMachine(TOOLS),
  runs: Number(values.runs),
  series,
  ...(ours && { bundle: { sizes: bundleSizes(), start: await startTime(STARTS), starts: STARTS } }),
})
console.log(text)
if (values.write) writeFileSync(RESULTS, text)
