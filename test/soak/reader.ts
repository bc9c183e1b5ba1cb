import { spawn } from 'node:child_process'

// Never stops looking at what is live, until its input ends; what it could not read, or nobody has put there, is wrong.
const READER = `
const { readFileSync } = require('node:fs')
const [link, ...known] = process.argv.slice(1)
let reads = 0, over = false
const wrong = []
process.stdin.on('end', () => { over = true }).resume()
const look = () => {
  for (let i = 0; i < 200; i += 1, reads += 1) {
    try {
      const version = readFileSync(link + '/public/version', 'utf8')
      if (!known.includes(version) && wrong.length < 20) wrong.push(version)
    } catch (error) {
      if (wrong.length < 20) wrong.push(String(error))
    }
  }
  if (over) console.log(JSON.stringify({ reads, wrong }))
  else setTimeout(look, 2)
}
look()
`

export interface Seen {
  readonly reads: number
  /** What was neither of the versions that may be live. */
  readonly wrong: readonly string[]
}

/** Another process that looks at what a link leads to until it is told to stop. */
export function watchLive(link: string, versions: readonly string[]) {
  const child = spawn(process.execPath, ['-e', READER, link, ...versions], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  const over = new Promise<void>(resolve => child.on('close', () => resolve()))
  const stop = async (): Promise<Seen> => {
    child.stdin.end()
    await over
    return JSON.parse(text) as Seen
  }
  return {
    stop,
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await over
    },
  }
}
