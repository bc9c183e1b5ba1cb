import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

/** Notes which containers of a Compose project begin and end, as long as it is listened to. */
export interface Turns {
  /** @returns how often each service began and ended, e.g. `agent start 1`. */
  stop(): Promise<readonly string[]>
}

/** The engine remembers only its last few hundred events, and each look at a container's health is one: so they are heard live. */
export const listenToTurns = async (project: string): Promise<Turns> => {
  const child = spawn('docker', [
    ...['events', '--filter', 'type=container', '--filter', `label=com.docker.compose.project=${project}`],
    ...['--filter', 'event=start', '--filter', 'event=die'],
    ...['--format', '{{index .Actor.Attributes "com.docker.compose.service"}} {{.Action}}'],
  ])
  const closed = new Promise(done => child.on('close', done))
  let heard = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    heard += text
  })
  // It says nothing when it has begun to listen.
  await sleep(1000)
  return {
    async stop() {
      await sleep(500)
      child.kill()
      await closed
      const all = heard.split('\n').filter(Boolean).sort()
      return [...new Set(all)].map(each => `${each} ${all.filter(other => other === each).length}`)
    },
  }
}
