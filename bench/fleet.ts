import { writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Course, measureFleet } from './fleet/fleet.ts'
import { spread } from './statistics.ts'

// npm run bench:fleet -- [--runs N] [--hosts N]… [--write] [--note TEXT]
// What a rollback of many hosts takes from the runner. The hosts are SSH servers in one other process, each with a folder
// and a shell that is real; all of them share the processors of this machine.

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    hosts: { type: 'string', multiple: true, default: ['1', '8', '20', '64', '200'] },
    write: { type: 'boolean', default: false },
    note: { type: 'string', default: '' },
  },
})
const MOST_MEGABYTES = 400
const PARALLEL = 20
/** With more than this share of the machine at work on something else, what it worked says nothing of the hosts. */
const QUIET = 0.1

const rows: { hosts: number; courses: readonly Course[] }[] = []
for (const hosts of values.hosts.map(Number)) {
  // The first is a warm-up.
  const [, ...courses] = await measureFleet(hosts, Number(values.runs) + 1)
  rows.push({ hosts, courses })
  console.error(`${hosts}: ${courses.map(course => Math.round(course.milliseconds)).join(', ')} ms`)
}

const median = (courses: readonly Course[], of: keyof Course) =>
  spread(courses.map(course => course[of])).median
const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2)
const range = (courses: readonly Course[]) => {
  const { median: middle, least, most } = spread(courses.map(({ milliseconds }) => milliseconds))
  return `**${seconds(middle)}** (${seconds(least)}–${seconds(most)})`
}
const first = rows[0]
const table = rows.map(({ hosts, courses }) => {
  const times = first ? median(courses, 'milliseconds') / median(first.courses, 'milliseconds') : 1
  const others = (median(courses, 'machine') - median(courses, 'processor')) / hosts
  const busy = median(courses, 'busyBefore')
  return `| ${[
    hosts,
    range(courses),
    `${times.toFixed(1)} ×`,
    Math.round(median(courses, 'megabytes')),
    seconds(median(courses, 'processor')),
    busy < QUIET ? seconds(others) : 'not quiet',
    `${Math.round(busy * 100)} %`,
  ].join(' | ')} |`
})
const largest = rows.at(-1)
const atLimit = rows.find(({ hosts }) => hosts === PARALLEL)
const times =
  first && atLimit
    ? median(atLimit.courses, 'milliseconds') / median(first.courses, 'milliseconds')
    : Number.NaN
const growth = Number.isNaN(times)
  ? 'not asked'
  : `${times.toFixed(1)} times that of ${first?.hosts}, **${times < PARALLEL ? 'met' : 'missed'}**`
const most = largest ? Math.round(spread(largest.courses.map(({ megabytes }) => megabytes)).most) : 0
const text = `# A rollback of many hosts

${new Date().toISOString().slice(0, 10)}, medians of ${values.runs} runs after one warm-up; in brackets the fastest and the slowest.

| hosts | seconds from start to exit | of the time of ${first?.hosts ?? 1} | peak memory of the runner, MB | its processor time, s | processor time of each host, s | other work |
| ---: | --- | ---: | ---: | ---: | ---: | ---: |
${table.join('\n')}

- Less than ${MOST_MEGABYTES} MB with 200 hosts: at most ${most} with ${largest?.hosts ?? 0}, **${most < MOST_MEGABYTES ? 'met' : 'missed'}**.
- The time grows less than the number of hosts until ${PARALLEL}: ${growth}.

*Memory* is the most that the one process of \`main\` had resident at once, with Node.js itself (about 50 MB) in it. *Processor
time of each host* is what all the rest of the machine worked meanwhile, by the number of hosts: the server's side of SSH, the
courier, the program and all that they call. On ${cpus().length} cores that is what the time of many hosts is made of, and it grows with them: each
sends a heartbeat for as long as the others are not ready, and looks through the processes of all of them when it is asked what
runs from which release. Hosts that are machines of their own do it side by side. *Other work* is what went on besides, just before
each run: with it, times are longer, and memory is not.

\`parallel\` is ${PARALLEL}, its default: so many connections are opened at a time, and all hosts are switched at once.

Machine: ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, Linux ${release()}, Node.js ${process.version}.
${values.note === '' ? '' : `${values.note}\n`}
By \`npm run bench:fleet -- --write\`.
`
console.log(text)
if (values.write) writeFileSync(join(import.meta.dirname, 'FLEET.md'), text)
if (most >= MOST_MEGABYTES) process.exitCode = 1
