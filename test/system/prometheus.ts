import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { listen } from '../support/listen.ts'

/** An application under load, as it counts its own requests: what an exporter shows to a Prometheus. */
export interface Load {
  /** Requests in the time of one scrape; 0 at night. */
  requests: number
  /** How many of ten of them fail. */
  failing: () => number
}

/** A Prometheus of this machine, on a free port of 127.0.0.1, that scrapes such an application five times a second. */
export interface PrometheusProcess extends AsyncDisposable {
  readonly url: string
  readonly load: Load
  /** The number that a query gives now; undefined when there is none. */
  ask(query: string): Promise<number | undefined>
  /** Kills it, as a machine that goes down. */
  kill(): Promise<void>
}

/** Seconds in which it has to be there. */
const START = 30

/** Starts one. @throws when this machine has no Prometheus, or it does not start. */
export const startPrometheus = async (): Promise<PrometheusProcess> => {
  const load: Load = { requests: 10, failing: () => 0 }
  const counted = { 200: 0, 500: 0 }
  const application = createServer((_, response) => {
    const failed = (load.requests * load.failing()) / 10
    counted[500] += failed
    counted[200] += load.requests - failed
    response.setHeader('content-type', 'text/plain; version=0.0.4')
    response.end(
      ['# TYPE http_requests_total counter']
        .concat(Object.entries(counted).map(([code, sum]) => `http_requests_total{code="${code}"} ${sum}`))
        .concat('')
        .join('\n'),
    )
  })
  const target = await listen(application)
  const folder = await makeFolder('prometheus')
  const port = await freePort()
  const config = {
    global: { scrape_interval: '200ms', scrape_timeout: '200ms' },
    scrape_configs: [{ job_name: 'app', static_configs: [{ targets: [`127.0.0.1:${target}`] }] }],
  }
  // YAML takes JSON as it is.
  await writeFile(join(folder.path, 'prometheus.yml'), JSON.stringify(config))
  const said: string[] = []
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder.path, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder.path, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  child.stderr.on('data', bytes => void said.push(String(bytes)))
  const over = new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    child.once('error', error => {
      said.push(`${error}; bash test/tools.sh prometheus installs it`)
      resolve()
    })
  })
  let gone = false
  void over.then(() => {
    gone = true
  })
  const url = `http://127.0.0.1:${port}`
  const until = Date.now() + START * 1000
  while (
    !(await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (gone || Date.now() > until) throw new Error(`Prometheus did not start: ${said.join('')}`)
    await sleep(100)
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await over
  }
  return {
    url,
    load,
    kill,
    async ask(query) {
      const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`)
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } }
      const [first] = data.result
      return first === undefined ? undefined : Number(first.value[1])
    },
    async [Symbol.asyncDispose]() {
      await kill()
      application.closeAllConnections()
      await new Promise(resolve => application.close(resolve))
      await folder[Symbol.asyncDispose]()
    },
  }
}
