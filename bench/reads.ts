import { writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Asked, askDuring } from './reads/http.ts'
import { type Looked, readDuring, WAYS, type Way } from './reads/link.ts'

// npm run bench:reads -- [--reads N] [--requests N] [--without-http] [--write] [--note TEXT]
// Whether anybody who looks at `current` while it is switched ever finds it missing or half: by reads of the link, and by
// requests to a real nginx, beside what `ln -nfs` does. A test host must be prepared: bash test/system/prepare.sh

const { values } = parseArgs({
  options: {
    reads: { type: 'string', default: '1000000' },
    requests: { type: 'string', default: '50000' },
    'without-http': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    note: { type: 'string', default: '' },
  },
})
const FLIPS = 1000
const tell = (words: unknown) => console.error(JSON.stringify(words))

const looked: { way: Way; looked: Looked }[] = []
for (const way of WAYS) {
  const each = { way, looked: await readDuring(way, Number(values.reads), FLIPS) }
  tell({ name: way.name, tools: way.tools, ...each.looked })
  looked.push(each)
}
const asked: readonly Asked[] = values['without-http'] ? [] : await askDuring(Number(values.requests), tell)

const grouped = (number: number) => number.toLocaleString('en')
const sum = (failed: Readonly<Record<string, number>>) =>
  Object.values(failed).reduce((all, each) => all + each, 0)
const shown = (failed: Readonly<Record<string, number>>) => {
  const of = Object.entries(failed).map(([words, times]) => `${words} ${grouped(times)}`)
  return of.length === 0 ? '**0**' : `**${grouped(sum(failed))}** (${of.slice(0, 3).join(', ')})`
}
const reads = looked.map(
  ({ way, looked: each }) =>
    `| ${way.name}, ${way.tools} | ${grouped(each.reads)} | ${grouped(each.flips)} | ${shown(each.failed)} | ${each.seconds.toFixed(0)} |`,
)
const requests = asked.map(
  each =>
    `| ${each.name} | ${grouped(each.requests)} | ${grouped(each.switches)} | ${shown(each.failed)} | ${each.seconds.toFixed(0)} |`,
)
const text = `# Who looks while it is switched

${new Date().toISOString().slice(0, 10)}. Does anybody ever find \`current\` missing, half, or something that nobody put there?

## Reads of the link

One process reads the text of the link and a file through it, without a pause, while another points it elsewhere and back.

| who switches, with whose tools | reads | switches | failed reads | seconds |
| --- | ---: | ---: | ---: | ---: |
${reads.join('\n')}

Rollbook's switch waits for the disk each time, so that it outlives a crash; how long that is, is the affair of the disk.
GNU's \`ln\` has renamed since coreutils 8.27; that of busybox takes the old link away before it makes the new one.

## Requests to nginx

Two Debian hosts, nginx with \`root …/current/public\`, sixteen clients that ask for a file again and again, each time on a connection of
its own. What is not an answer of 200 has failed.

| what went on meanwhile | requests | switches | failed requests | seconds |
| --- | ---: | ---: | ---: | ---: |
${requests.join('\n')}

Machine: ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Linux ${release()}, Node.js ${process.version}.
${values.note === '' ? '' : `${values.note}\n`}
By \`npm run bench:reads -- --write\`.
`
console.log(text)
if (values.write) writeFileSync(join(import.meta.dirname, 'READS.md'), text)
const oursFailed = looked
  .filter(({ way }) => way.name !== '`ln -nfs`')
  .some(each => sum(each.looked.failed) > 0)
if (oursFailed || asked.slice(0, 2).some(({ failed }) => sum(failed) > 0)) process.exitCode = 1
