import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { capistrano } from './contenders/capistrano.ts'
import type { Contender } from './contenders/contender.ts'
import { rollbook } from './contenders/rollbook.ts'
import { shipit } from './contenders/shipit.ts'
import { CASES } from './correctness/cases.ts'
import type { Judged } from './correctness/judge.ts'
import { type Row, report } from './correctness/report.ts'
import { meet } from './correctness/run.ts'
import { startHosts } from './hosts.ts'
import { describeMachine } from './machine.ts'

// npm run bench:correctness -- [--write] [--only ID]…
// What a rollback does when something is wrong, beside those that people use today. Ends red when ours is not right.

const TOOLS = join(tmpdir(), 'rollbook-bench-tools')
const RESULTS = join(import.meta.dirname, 'CORRECTNESS.md')

const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
})
if (process.getuid?.() !== 0) throw new Error('the hosts are made with mount namespaces: run it as root')

execFileSync('bash', [join(import.meta.dirname, 'install.sh'), TOOLS], { stdio: ['ignore', 2, 2] })
const contenders: readonly Contender[] = [rollbook, capistrano, shipit(TOOLS)]
const cases = CASES.filter(({ id }) => values.only.length === 0 || values.only.includes(id))

await using hosts = await startHosts(Math.max(...cases.map(each => each.hosts)))
const rows: Row[] = []
for (const met of cases) {
  const judged = new Map<Contender, Judged>()
  for (const contender of contenders) {
    const found = await meet(contender, met, hosts)
    judged.set(contender, found)
    console.error(`${met.id}  ${contender.name}: ${found.verdict} (${found.words})`)
  }
  rows.push({ met, judged })
}
const text = report(new Date(), describeMachine(TOOLS), contenders, rows)
console.log(text)
if (values.write) writeFileSync(RESULTS, text)
if (rows.some(({ judged }) => judged.get(rollbook)?.verdict !== 'right')) process.exitCode = 1
