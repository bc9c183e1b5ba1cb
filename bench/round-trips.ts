import { capistrano } from './contenders/capistrano.ts'
import { plainSsh } from './contenders/plain-ssh.ts'
import { rollbook } from './contenders/rollbook.ts'
import { portAt, SSH_PORT, startHosts } from './hosts.ts'
import { startProxy } from './latency-proxy.ts'
import { look, PREVIOUS, reset } from './tree.ts'

// node bench/round-trips.ts [MILLISECONDS EACH WAY] [CONTENDER]
// How often the client waits for the host in one rollback of one host: each row is something that the client says, and
// what comes back before it speaks again. What is said is encrypted; `docs/` tells what each is for.

/** The client speaks, then the host. Milliseconds since the action was started; bytes on the wire. */
interface Turn {
  readonly asked: number
  readonly bytesUp: number
  readonly answered: number
  readonly bytesDown: number
  readonly last: number
}

const delay = Number(process.argv[2] ?? 15)
const name = process.argv[3] ?? rollbook.name
const contender = [rollbook, plainSsh, capistrano].find(each => each.name === name)
if (!contender) throw new Error(`there is no ${name}`)

await using hosts = await startHosts(1)
const [host] = hosts.list
if (!host) throw new Error('there is no host')
reset(host)

const chunks: { at: number; up: boolean; bytes: number }[] = []
const address = host.address
const proxy = await startProxy({ address, port: portAt(30), to: SSH_PORT, delay }, (direction, bytes) =>
  chunks.push({ at: performance.now(), up: direction === 'up', bytes }),
)
const run = await contender.prepare({ hosts: [host], port: portAt(30), access: hosts })
await run() // The first start of a bundle reads it from the disk.
await hosts.settle()
reset(host)
chunks.length = 0
const began = performance.now()
const { milliseconds, exitCode, output } = await run()
const ended = began + milliseconds
proxy.close()
if (exitCode !== 0 || look(host).live !== PREVIOUS) throw new Error(`the rollback failed\n${output}`)

const turns: Turn[] = []
for (const { at, up, bytes } of chunks.filter(chunk => chunk.at < ended)) {
  const time = at - began
  const turn = turns.at(-1)
  if (up && (turn === undefined || turn.bytesDown > 0))
    turns.push({ asked: time, bytesUp: bytes, answered: time, bytesDown: 0, last: time })
  else if (turn !== undefined) {
    const next = up
      ? { ...turn, bytesUp: turn.bytesUp + bytes }
      : {
          ...turn,
          answered: turn.bytesDown > 0 ? turn.answered : time,
          bytesDown: turn.bytesDown + bytes,
          last: time,
        }
    turns[turns.length - 1] = next
  }
}

const round = (milliseconds: number) => milliseconds.toFixed(0).padStart(6)
console.log(
  `${turns.length} turns of client and host, ${delay} ms each way, ${round(milliseconds)} ms in all\n`,
)
console.log('     | client says      | host answers, to its last byte | before the client speaks again')
turns.forEach((turn, index) => {
  const next = turns[index + 1]?.asked ?? milliseconds
  const says = `at ${round(turn.asked)}, ${String(turn.bytesUp).padStart(5)} B`
  const answers = `after ${round(turn.answered - turn.asked)} to ${round(turn.last - turn.asked)}, ${String(turn.bytesDown).padStart(5)} B`
  console.log(`${String(index + 1).padStart(4)} | ${says} | ${answers} | ${round(next - turn.last)}`)
})
