import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Step } from '../../src/engine/plan.ts'
import { SHELLS } from './shells.ts'
import { compile, makeSite, planFor, RUN, type Site, script, seal, step } from './site.ts'
import { comesTrue, goThere, record, type Talk, talkTo } from './talk.ts'

const umask = process.umask(0o022)
afterAll(() => void process.umask(umask))

const ONCE = { attempts: '1', consecutive: '1', every: '-' }
const WANTS = { status: '200-299', text: '', needles: '', headers: '', failing: '', ...ONCE }

async function serve(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

const http = (url: string, data: Record<string, string> = {}): Step =>
  step(1, 'http', 'verify', { url, ...WANTS, ...data }, { timeout: 2 })

describe.concurrent.each(SHELLS)('kinds, under $name', shell => {
  /** Whether the checks of a plan pass, and what they said. */
  async function verified(
    talk: Talk,
    site: Site,
    steps: readonly Step[],
    change = (text: string): string => text,
  ): Promise<{ passed: boolean; printed: readonly string[] }> {
    const tape = record()
    await talk.session.start(RUN, seal(change(compile(planFor(site, { steps })).text)), tape)
    await tape.phase('prepared')
    talk.session.tell(RUN, 'switch')
    await tape.phase('switched')
    talk.session.tell(RUN, 'verify')
    await tape.until(entry => entry.word === 'verified')
    talk.session.tell(RUN, 'undo')
    await tape.outcome()
    rmSync(join(site.state, 'runs'), { recursive: true })
    return {
      passed: tape.entries.some(entry => entry.word === 'verified' && entry.passed),
      printed: tape.printed.map(line => line.replace('1.check ', '')),
    }
  }

  const without = (tool: string) => (text: string) =>
    text.replaceAll(`command -v ${tool}`, `command -v no-${tool}`)
  const asItIs = (text: string) => text
  const clients = [
    ['curl', asItIs],
    ['wget', without('curl')],
  ] as const

  test.each(clients)(
    'http with %s: what answers as it should passes, and what does not does not',
    async (_, change) => {
      using site = makeSite()
      await using talk = await talkTo(site, shell)
      const { server, url } = await serve((request, response) => {
        response.setHeader('X-Release', '2')
        if (request.url === '/gone') response.statusCode = 503
        response.end('{ "ok": true,\n  "version": "2" }')
      })
      const passes = async (address: string, data = {}) =>
        (await verified(talk, site, [http(address, data)], change)).passed
      try {
        expect(await passes(url)).toBe(true)
        expect(await passes(`${url}gone`)).toBe(false)
        expect(await passes(`${url}gone`, { status: '500-599' })).toBe(true)
        expect(await passes(`${url}gone`, { failing: 'yes' })).toBe(true)
        expect(await passes(url, { text: '"version": "2"', needles: '"ok":true\n"version":"2"' })).toBe(true)
        expect(await passes(url, { text: '"version": "3"' })).toBe(false)
        expect(await passes(url, { needles: '"ok":true\n"version":"3"' })).toBe(false)
        expect(await passes(url, { headers: 'x-release: 2' })).toBe(true)
        expect(await passes(url, { headers: 'x-release: 3' })).toBe(false)
      } finally {
        server.close()
      }
    },
  )

  test.each(clients)('http with %s: an answer from before is no answer', async (_, change) => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    for (const status of [200, 503]) {
      // It answers once, and is gone when it is looked at again.
      const { server, url } = await serve((_request, response) => {
        response.statusCode = status
        response.end('ok', () => {
          server.close()
          server.closeAllConnections()
        })
      })
      const wanted = { status: `${status}-${status}`, attempts: '2', consecutive: '2', every: '0.3' }
      expect((await verified(talk, site, [http(url, wanted)], change)).passed).toBe(false)
    }
  })

  test.each(clients)('http with %s: an answer that stops in the middle is none', async (_, change) => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const { server, url } = await serve((_, response) => {
      response.setHeader('Content-Length', '1000')
      response.write('ok')
      setTimeout(() => response.destroy(), 50)
    })
    try {
      expect((await verified(talk, site, [http(url)], change)).passed).toBe(false)
    } finally {
      server.close()
    }
  })

  test.each([
    ['nc', asItIs],
    ['curl', without('nc')],
  ])('tcp with %s: what accepts connections passes', async (_, change) => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const { server, url } = await serve(() => {})
    const { port } = new URL(url)
    const tcp = step(1, 'tcp', 'verify', { host: '127.0.0.1', port, ...ONCE }, { timeout: 2 })
    expect((await verified(talk, site, [tcp], change)).passed).toBe(true)
    server.close()
    const { passed, printed } = await verified(talk, site, [tcp], change)
    expect([passed, printed]).toEqual([false, [`nothing accepts connections on 127.0.0.1 port ${port}`]])
  })

  test('any: one of several is enough, and none is not', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const any = step(1, 'any', 'verify', { of: '2 3', ...ONCE })
    const inner = (number: number, text: string) =>
      script(number, 'verify', text, { inner: true, in: site.root })
    expect((await verified(talk, site, [any, inner(2, 'exit 1'), inner(3, 'true')])).passed).toBe(true)
    expect((await verified(talk, site, [any, inner(2, 'exit 1'), inner(3, '[ -e nothing ]')])).passed).toBe(
      false,
    )
  })

  test('files: the archive has everything, is read back, and says what it is', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    mkdirSync(join(site.root, 'etc/a folder'), { recursive: true })
    writeFileSync(join(site.root, 'etc/a folder/$x * y'), 'one')
    writeFileSync(join(site.root, 'etc/-n'), 'two')
    const archive = join(site.state, 'backups', 'a b.tar.gz')
    const files = step(
      1,
      'files',
      'backup',
      { paths: 'a folder\n-n', archive },
      { in: join(site.root, 'etc') },
    )
    const tape = await goThere(talk, planFor(site, { steps: [files] }))
    const [backup] = tape.entries.flatMap(entry => (entry.word === 'backup' ? [entry] : []))
    expect(backup).toMatchObject({ step: 1, path: archive, bytes: readFileSync(archive).length })
    expect(execFileSync('sha256sum', [archive], { encoding: 'utf8' })).toContain(backup?.sha256)
    expect(execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trim().split('\n')).toEqual([
      'a folder/',
      'a folder/$x * y',
      '-n',
    ])
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect(readFileSync(archive).length).toBe(backup?.bytes)
  })

  test('files: every right, owner, link and byte stands in the manifest, and the sums can be checked by hand', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const etc = join(site.root, 'etc')
    mkdirSync(join(etc, 'units'), { recursive: true })
    writeFileSync(join(etc, 'app.env'), 'DB_PASSWORD=hunter2\n', { mode: 0o640 })
    // As systemd names units; GNU's sha256sum masks the backslash.
    writeFileSync(join(etc, 'units/dev-disk\\x2duuid.mount'), '[Mount]\n', { mode: 0o444 })
    writeFileSync(join(etc, 'units/größe -> x'), '')
    symlinkSync('../app.env', join(etc, 'units/link to'))
    const archive = join(site.state, 'backups', `${RUN}-files-1.tar.gz`)
    const paths = `${etc}/app.env\n${etc}/units/`
    const tape = await goThere(
      talk,
      planFor(site, { steps: [step(1, 'files', 'backup', { paths, archive })] }),
    )
    expect(tape.printed).toEqual([])
    const inside = etc.slice(1)
    const { uid, gid } = statSync(join(etc, 'app.env'))
    const sum = (text: string) => createHash('sha256').update(text).digest('hex')
    const line = (rights: string, what: string, name: string) =>
      `${rights} ${uid}/${gid} ${what} ${inside}/${name}`
    expect(readFileSync(`${archive}.manifest`, 'utf8').trim().split('\n').sort()).toEqual(
      [
        line('-rw-r-----', sum('DB_PASSWORD=hunter2\n'), 'app.env'),
        line('drwxr-xr-x', '-', 'units'),
        line('-r--r--r--', sum('[Mount]\n'), 'units/dev-disk\\x2duuid.mount'),
        line('-rw-r--r--', sum(''), 'units/größe -> x'),
        line('lrwxrwxrwx', '-', 'units/link to -> ../app.env'),
      ].sort(),
    )
    const folder = join(site.state, 'backups')
    const checked = execFileSync('sha256sum', ['-c', `${RUN}-files-1.tar.gz.sha256`], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(checked.match(/: OK$/gm)).toHaveLength(2)
    expect(readdirSync(folder).sort()).toEqual(
      ['', '.manifest', '.sha256']
        .map(end => `${RUN}-files-1.tar.gz${end}`)
        .concat('list')
        .sort(),
    )
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
    // By hand, into a folder beside.
    const back = join(site.root, 'back')
    mkdirSync(back)
    execFileSync('tar', ['--numeric-owner', '-xpzf', archive, '-C', back])
    expect(statSync(join(back, inside, 'app.env')).mode & 0o777).toBe(0o640)
    expect(readFileSync(join(back, inside, 'units/link to'), 'utf8')).toBe('DB_PASSWORD=hunter2\n')
  })

  test.each([
    [
      'changed while it was archived',
      'limited tar --numeric-owner',
      'echo more >>"$1/app.env"; limited tar --numeric-owner',
      /changed while it was read/,
    ],
    [
      'came while it was archived',
      'limited tar --numeric-owner',
      ': >"$1/new"; limited tar --numeric-owner',
      /changed while it was read/,
    ],
    [
      'changed after it was archived',
      'files_compare || return',
      'files_compare || return; echo more >>"$1/app.env"',
      /changed while it was read/,
    ],
    [
      'changed its rights after it was archived',
      'files_compare || return',
      'files_compare || return; chmod 600 "$1/app.env"',
      /changed while it was read/,
    ],
    [
      'an archive that was cut',
      'files_compare || return',
      'head -c 60 "$files_work" >"$files_work.x"; mv "$files_work.x" "$files_work"; files_compare || return',
      /can not be read back|is not what lies there/,
    ],
    [
      'an archive that lacks a file',
      '-czf "$files_work" -- "$@"',
      '--no-recursion -czf "$files_work" -- "$@"',
      /is not what lies there/,
    ],
  ])('files: %s refuses the run, and leaves nothing behind', async (_, from, to, said) => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    mkdirSync(join(site.root, 'etc/app'), { recursive: true })
    writeFileSync(join(site.root, 'etc/app/app.env'), 'DB_PASSWORD=hunter2\n'.repeat(1000))
    const archive = join(site.state, 'backups', `${RUN}-files-1.tar.gz`)
    const files = step(1, 'files', 'backup', { paths: 'app', archive }, { in: join(site.root, 'etc') })
    const tape = record()
    const { text } = compile(planFor(site, { steps: [files] }))
    expect(text).toContain(from)
    await talk.session.start(RUN, seal(text.replace(from, to)), tape)
    expect(await tape.outcome()).toBe('refused')
    expect(tape.printed.join('\n')).toMatch(said)
    expect(tape.printed.join('\n')).not.toMatch(/[0-9a-f]{64}|hunter2/)
    expect(readdirSync(join(site.state, 'backups'))).toEqual([])
  })

  test('files: what can not be read refuses the run before anything is changed', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const archive = join(site.state, 'backups/a.tar.gz')
    const files = step(1, 'files', 'backup', { paths: '/nowhere/at/all', archive })
    const tape = record()
    await talk.session.start(RUN, compile(planFor(site, { steps: [files] })), tape)
    expect(await tape.outcome()).toBe('refused')
    expect(tape.printed[0]).toMatch(/^1.ready \/nowhere\/at\/all is not there/)
  })

  test('tail: of the last lines, those with a text, in large or small letters', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const path = join(site.root, 'log')
    writeFileSync(path, 'webhook one\ntwo\nWebHook $three [*\n.ebhook\n')
    const tails = ['WEBHOOK', '[*', 'nothing'].map((matching, at) =>
      step(at + 1, 'tail', 'diagnose', { path, lines: '3', matching }),
    )
    const missing = step(4, 'tail', 'diagnose', { path: join(site.root, 'none'), lines: '3', matching: 'x' })
    const tape = await goThere(talk, planFor(site, { steps: [...tails, missing] }))
    talk.session.tell(RUN, 'diagnose')
    await tape.until(entry => entry.word === 'diagnosed')
    expect(tape.printed.slice(0, 3)).toEqual([
      '1.do WebHook $three [*',
      '2.do WebHook $three [*',
      '3.do None of the last 3 lines has: nothing',
    ])
    expect(tape.entries.filter(({ word }) => word === 'end')).toMatchObject([
      { status: 0 },
      { status: 0 },
      { status: 0 },
      { step: 4, status: 1 },
    ])
    talk.session.tell(RUN, 'undo')
    await tape.outcome()
  })

  test('tail: the last lines of a file are told, and nothing is changed', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    writeFileSync(join(site.root, 'log'), 'one\ntwo\nthree\n')
    const tail = step(1, 'tail', 'diagnose', { path: join(site.root, 'log'), lines: '2' })
    const tape = await goThere(talk, planFor(site, { steps: [tail] }))
    talk.session.tell(RUN, 'diagnose')
    expect(await comesTrue(() => tape.printed.length >= 2)).toBe(true)
    expect(tape.printed).toEqual(['1.do two', '1.do three'])
    talk.session.tell(RUN, 'undo')
    await tape.outcome()
  })
})
