import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { makeFolder } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { listen } from '../support/listen.ts'
import { startServer } from './server.ts'

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
  const url = `http://127.0.0.1:${port}`
  const server = await startServer(
    [
      'prometheus',
      `--config.file=${join(folder.path, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder.path, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    `${url}/-/ready`,
    'prometheus',
  )
  return {
    url,
    load,
    kill: server.kill,
    async ask(query) {
      const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`)
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } }
      const [first] = data.result
      return first === undefined ? undefined : Number(first.value[1])
    },
    async [Symbol.asyncDispose]() {
      await server.kill()
      application.closeAllConnections()
      await new Promise(resolve => application.close(resolve))
      await folder[Symbol.asyncDispose]()
    },
  }
}
