import { writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startHosts } from '../test/system/hosts/hosts.ts'
import { type Contender, document, onBusyHost, rollbook } from './database/contenders.ts'
import { type Peak, withPeak } from './database/peak.ts'
import { report } from './database/report.ts'
import { makeSubject } from './database/subject.ts'

// node bench/database.ts [--runs N] [--write]
// How long a backup of a database takes and how much of the disk, beside the script of the document that it stands for.
// A test host must be prepared: bash test/system/prepare.sh

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, write: { type: 'boolean', default: false } },
})
const runs = Number(values.runs)
const tell = (text: string) => console.error(text)

const readback = rollbook(
  'readback',
  'the default: dumped, compressed and summed at once, then read back to its end',
)
const contenders: readonly Contender[] = [
  document,
  readback,
  rollbook('stream', 'the same, not read back'),
  rollbook('restore', 'the same, read back, loaded into a schema of its own, rows counted'),
  onBusyHost(document),
  onBusyHost(readback),
]

const [load = 0] = loadavg()
await using fleet = await startHosts(['database'])
tell('filling the database')
const subject = await makeSubject(fleet[0])
const series = contenders.map(contender => ({
  contender,
  seconds: [] as number[],
  peaks: [] as Peak[],
}))
for (let run = 1; run <= runs; run += 1) {
  // Once is enough to see what standing back costs, and it takes long.
  for (const { contender, seconds, peaks } of run === 1
    ? series
    : series.filter(each => !each.contender.busy)) {
    const [took, peak] = await withPeak(subject, () => contender.backUp(subject))
    seconds.push(took)
    peaks.push(peak)
    tell(`${run}/${runs} ${contender.name}: ${took.toFixed(1)} s, ${Math.round(peak.folder / 1e6)} MB`)
  }
}
const text = report({
  date: new Date(),
  machine: `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, Linux ${release()}`,
  load,
  subject,
  runs,
  series,
})
if (values.write) writeFileSync(join(import.meta.dirname, 'DATABASE.md'), text)
console.log(text)
