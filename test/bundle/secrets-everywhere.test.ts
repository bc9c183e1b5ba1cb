import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { describe, expect, test } from 'vitest'
import { quote } from '../../src/host/quote.ts'
import {
  BE_SEEN,
  type Canaries,
  formsOf,
  type Sampled,
  sampling,
  seenBelow,
  seenIn,
  sinksOf,
} from '../support/canaries.ts'
import { type Folder, makeFolder } from '../support/folder.ts'
import { startFakeApi } from '../support/github-api.ts'
import { listen } from '../support/listen.ts'
import { makeProduction, type Production } from '../support/production.ts'
import type { ActionRun, Job } from '../support/runner.ts'
import type { SiteOptions } from '../support/site.ts'
import { readablePair } from '../support/ssh-keys.ts'
import type { Described, RunbookDraft } from '../support/workspace.ts'
import { BROKEN, expectOutcome, WORSE } from './story.ts'

/** One secret in each place that can hold one, with all in them that a shell, a page or an option file trips over. */
const CANARIES = {
  'ssh-passphrase': 'canary passphrase "7" \\ $(id) end',
  token: 'ghs_canary0123456789abcdefghijklmnop',
  API_TOKEN: 'canary-env "one" `id` %41 \\ ü\nsecond canary line: 4711 & more\nthird-canary-line-0815',
  DB_PASSWORD: 'canary-mysql \'pass\' #1 \\ "word"',
  PG_URL: 'postgres://shop:canary-postgres%2Fpass-99@127.0.0.1:1/shop',
  WEBHOOK_KEY: 'canary-webhook-key-SEC0123456789',
  PROM_TOKEN: 'canary-prometheus-bearer-424242',
} as const satisfies Canaries

/** Prints a variable in five encodings, as a script that somebody debugs. */
const LEAKY = `
const value = process.env.API_TOKEN ?? 'nothing'
const bytes = Buffer.from(value)
console.log('plain ' + value)
console.log('base64 ' + bytes.toString('base64') + ' ' + Buffer.from('x' + value).toString('base64'))
console.log('url ' + encodeURIComponent(value))
console.log('json ' + JSON.stringify({ value }))
console.log('hex ' + bytes.toString('hex') + ' ' + bytes.toString('hex').toUpperCase())
for (const line of value.split('\\n')) console.log(line)
`

interface Scene extends AsyncDisposable {
  readonly production: Production
  readonly canaries: Canaries
  /** What anybody outside was told. */
  readonly heard: readonly string[]
  readonly leaky: string
  /** Runs the action with every secret in its place, and looks everywhere afterwards. */
  run(
    inputs?: Readonly<Record<string, string>>,
    job?: Pick<Job, 'until'>,
  ): Promise<{ run: ActionRun; sampled: Sampled; seen: readonly string[] }>
}

/** A server that answers with whatever it is asked, the headers included. */
const startEcho = async (heard: string[]) => {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      // Of what comes in, the address and the headers are where the secrets belong.
      heard.push(body)
      response.writeHead(500, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          status: 'error',
          errorType: 'bad_data',
          error: `${request.url} ${JSON.stringify(request.headers)}`,
        }),
      )
    })
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const encryptedPair = () => {
  const passphrase = CANARIES['ssh-passphrase']
  return readablePair(
    () => ssh2.utils.generateKeyPairSync('ed25519', { comment: '', passphrase, cipher: 'aes256-ctr' }),
    passphrase,
  )
}

/** Clients of databases that tell everybody what they were given. */
const writeClients = (tools: Folder): void => {
  for (const name of ['mariadb', 'mysql', 'mariadb-dump', 'mysqldump', 'psql', 'pg_dump']) {
    const file = join(tools.path, name)
    writeFileSync(
      file,
      `#!/bin/sh
${BE_SEEN}
for given; do case $given in --defaults*=*) cat "\${given#*=}"; cat "\${given#*=}" >&2 ;; esac; done
[ -z "\${PGPASSFILE-}" ] || { cat "$PGPASSFILE"; cat "$PGPASSFILE" >&2; }
exit 1
`,
    )
    chmodSync(file, 0o755)
  }
}

const makeScene = async (
  machine: SiteOptions,
  draft: (described: Described & { leaky: string }) => RunbookDraft,
): Promise<Scene> => {
  const stack = new AsyncDisposableStack()
  const heard: string[] = []
  const tools = stack.use(await makeFolder('tools'))
  writeClients(tools)
  const leaky = join(tools.path, 'leaky.cjs')
  writeFileSync(leaky, LEAKY)
  const pair = encryptedPair()
  const echo = stack.use(await startEcho(heard))
  const api = stack.use(await startFakeApi())
  const production = stack.use(
    await makeProduction({
      machines: { web: machine },
      ssh: {
        authorizedKeys: [pair.public],
        env: { PATH: `${tools.path}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` },
      },
      runbook: described => {
        const { top, ...rest } = draft({ ...described, leaky })
        return {
          ...rest,
          top: {
            notify: [
              {
                webhook: { env: 'ALERT_WEBHOOK' },
                secret: { env: 'WEBHOOK_KEY' },
                as: 'dingtalk',
                on: ['started', 'rolled-back', 'failed'],
              },
            ],
            metrics: {
              prometheus: echo.url,
              token: { env: 'PROM_TOKEN' },
              compare: { errors: 'sum(errors)' },
            },
            ...top,
          },
        }
      },
    }),
  )
  const webhook = `${echo.url}/robot/send?access_token=canary-webhook-token-5566778899`
  const canaries: Canaries = {
    ...CANARIES,
    'ssh-private-key': pair.private,
    ALERT_WEBHOOK: 'canary-webhook-token-5566778899',
  }
  const { token, API_TOKEN, DB_PASSWORD, PG_URL, WEBHOOK_KEY, PROM_TOKEN } = CANARIES
  return {
    production,
    canaries,
    heard,
    leaky,
    async run(inputs = {}, job = {}) {
      const [web] = production.machines
      const left: string[] = []
      const { result: run, sampled } = await sampling(web, () =>
        production.run(
          { 'ssh-private-key': pair.private, 'ssh-passphrase': CANARIES['ssh-passphrase'], ...inputs },
          {
            env: { API_TOKEN, DB_PASSWORD, PG_URL, WEBHOOK_KEY, PROM_TOKEN, ALERT_WEBHOOK: webhook },
            github: { token, api_url: api.url },
            secrets: [],
            ...job,
            left(folder) {
              left.push(...seenBelow('runner', folder, canaries))
            },
          },
        ),
      )
      const told = {
        ...sinksOf(run),
        webhook: heard.join('\n'),
        api: JSON.stringify(api.asked.map(({ body, query }) => [body, query])),
        issues: JSON.stringify(api.issues),
        arguments: [...sampled.arguments].join('\n'),
      }
      const seen = [
        ...Object.entries(told).flatMap(([sink, text]) => seenIn(sink, text, canaries)),
        ...left,
        ...seenBelow('workspace', production.workspace, canaries),
        ...seenBelow('host', web.ssh.home, canaries),
      ]
      return { run, sampled, seen }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** A script may read the secret that it names, in its environment, which its user alone can look at; nothing else is there. */
const inEnvironments = ({ environments }: Sampled, canaries: Canaries): readonly string[] =>
  seenIn('environments', [...environments].join('\n'), canaries)

const leak = (leaky: string): string => `${BE_SEEN}; ${quote(process.execPath)} ${quote(leaky)}`

describe.runIf(process.platform === 'linux')('a canary in every place that holds a secret', () => {
  test('is in nothing that a rollback tells or leaves, though a script prints it in every encoding', async () => {
    await using scene = await makeScene(BROKEN, ({ leaky, path }) => ({
      rollback: {
        backup: [{ files: [`${path}/current/VERSION`] }],
        start: [{ run: leak(leaky), env: ['API_TOKEN'], as: 'the leaky one', timeout: '50s' }],
      },
    }))
    const { run, sampled, seen } = await scene.run()
    expectOutcome(run, 'rolled-back')
    expect(run.log.join('\n')).toContain('hex ***')
    expect(scene.heard.length).toBeGreaterThanOrEqual(2)
    expect(seen).toEqual([])
    expect(inEnvironments(sampled, scene.canaries)).toEqual(['environments: API_TOKEN (plain)'])
  })

  test('nor of one that fails, with a diagnosis, a report and an issue', async () => {
    await using scene = await makeScene(WORSE, ({ leaky }) => ({
      top: { audit: { issue: { when: 'always' } } },
      rollback: {
        start: [{ run: leak(leaky), env: ['API_TOKEN'], timeout: '50s' }],
        diagnose: [{ run: `${quote(process.execPath)} ${quote(leaky)}`, env: ['API_TOKEN'] }],
      },
    }))
    const { PROM_TOKEN, WEBHOOK_KEY } = CANARIES
    const { run, seen } = await scene.run({ reason: `${PROM_TOKEN} and ${WEBHOOK_KEY} have leaked` })
    expectOutcome(run, 'restored')
    expect(run.outputFiles.report).toContain('***')
    expect(seen).toEqual([])
  })

  test('nor of one whose databases do not let it in, and whose clients print all that they were given', async () => {
    await using scene = await makeScene(BROKEN, () => ({
      top: {
        databases: {
          main: {
            mysql: { name: 'shop', user: 'shop', password: { env: 'DB_PASSWORD' } },
            on: 'web',
            backups: { to: '/tmp/never-made' },
          },
          other: { postgres: { url: { env: 'PG_URL' } }, on: 'web', backups: { to: '/tmp/never-made' } },
        },
      },
      rollback: { backup: [{ database: 'main' }, { database: 'other' }] },
    }))
    const { run, sampled, seen } = await scene.run()
    expectOutcome(run, 'refused')
    expect(seen).toEqual([])
    expect(inEnvironments(sampled, scene.canaries)).toEqual([])
  })

  test('nor of one whose runner is killed right after the script: the step after it brings the host back', async () => {
    await using scene = await makeScene({ ...BROKEN, stalled: ['2'] }, ({ leaky }) => ({
      rollback: {
        start: [{ run: leak(leaky), env: ['API_TOKEN'], as: 'the leaky one', timeout: '50s' }],
      },
    }))
    const { run, seen } = await scene.run(
      {},
      { until: line => (line.includes('✓ web     the leaky one') ? 'SIGKILL' : undefined) },
    )
    expect(run.main.signal).toBe('SIGKILL')
    expect(run.summary).toContain('is back where it started')
    expect(seen).toEqual([])
  })

  test('nor of one that never gets in, because the passphrase is another', async () => {
    await using scene = await makeScene(BROKEN, () => ({}))
    const { run, seen } = await scene.run({ 'ssh-passphrase': `${CANARIES['ssh-passphrase']} and more` })
    expectOutcome(run, 'refused')
    expect(seen).toEqual([])
  })

  test('nor half of it, where what is shown of an output begins in its middle', async () => {
    const value = CANARIES.API_TOKEN.replaceAll(/\s/g, '-').padEnd(400, 'canary-half-0123456789')
    const half = { half: value.slice(-60) }
    await using production = await makeProduction({
      machines: { web: BROKEN },
      runbook: () => ({
        rollback: {
          start: [
            { run: 'printf "%s%08150d\\n" "$API_TOKEN" 1; echo the end', env: ['API_TOKEN'], as: 'one' },
            { run: 'printf "%s\\n%08100d\\n" "$API_TOKEN" 1; echo the end', env: ['API_TOKEN'], as: 'other' },
          ],
        },
      }),
    })
    const run = await production.run({}, { env: { API_TOKEN: value }, secrets: [] })
    expectOutcome(run, 'rolled-back')
    expect(run.log.join('\n').split('the end').length).toBe(3)
    expect(Object.entries(sinksOf(run)).flatMap(([sink, text]) => seenIn(sink, text, half))).toEqual([])
  })
})

describe('the search itself', () => {
  test('finds what is planted: in what is told, on the host, on the runner, in arguments and environments', async () => {
    const planted = { planted: 'planted "one" & two ü\nplanted-second-line' }
    await using scene = await makeScene(BROKEN, ({ leaky }) => ({
      rollback: {
        start: [
          {
            run: [
              `API_TOKEN=${quote(planted.planted)}; export API_TOKEN`,
              `printf %s "$API_TOKEN" >~/left-behind`,
              `sh -c ${quote(BE_SEEN)} sh "$API_TOKEN"`,
              `${quote(process.execPath)} ${quote(leaky)}`,
            ].join('\n'),
            timeout: '50s',
          },
        ],
      },
    }))
    const [web] = scene.production.machines
    const left: string[] = []
    const { result: run, sampled } = await sampling(web, () =>
      scene.production.run(
        {
          'ssh-private-key': scene.canaries['ssh-private-key'] ?? '',
          'ssh-passphrase': CANARIES['ssh-passphrase'],
        },
        { secrets: [], left: folder => void left.push(...seenBelow('runner', folder, planted)) },
      ),
    )
    expectOutcome(run, 'rolled-back')
    const { log = '', record = '' } = sinksOf(run)
    for (const encoding of ['plain', 'base64', 'url', 'json', 'hex']) {
      expect(seenIn('log', log, planted)).toContain(`log: planted (${encoding})`)
      expect(seenIn('record', record, planted)).toContain(`record: planted (${encoding})`)
      expect(left.join('\n')).toContain(`planted (${encoding})`)
    }
    expect(seenBelow('host', web.ssh.home, planted).join('\n')).toContain('left-behind: planted (plain)')
    for (const seen of [sampled.arguments, sampled.environments])
      expect(seenIn('sampled', [...seen].join('\n'), planted)).toContain('sampled: planted (plain)')
  })

  test('knows each line of a key, and nothing of its edges', () => {
    const { private: key } = encryptedPair()
    const forms = [...formsOf(key).keys()]
    for (const line of key.trim().split('\n').slice(1, -1)) expect(forms).toContain(line)
    expect(forms.filter(form => form.includes('BEGIN OPENSSH'))).toEqual([])
  })
})
