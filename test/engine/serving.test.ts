import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { linksForPhp, readNginxFiles } from '../../src/serving/nginx-php.ts'
import { askNginx, askProcesses } from '../../src/serving/question.ts'
import { readServing } from '../../src/serving/reader.ts'
import { SHELLS } from './shells.ts'
import { makeSite, type Site } from './site.ts'
import { comesTrue, talkTo } from './talk.ts'

/** A worker of the application that was started in a folder, and what it has open besides. */
function worker(folder: string, script: string, ...args: readonly string[]): ChildProcess & Disposable {
  const child = spawn('/bin/sh', ['-c', script, ...args], { cwd: folder, stdio: 'ignore' })
  return Object.assign(child, { [Symbol.dispose]: () => void child.kill('SIGKILL') })
}

/** Waits until it has come as far as the program that it becomes. */
const became = (child: ChildProcess, program: string) => leadsTo(child, 'exe', program)
const opened = (child: ChildProcess, descriptor: number, file: string) =>
  leadsTo(child, `fd/${descriptor}`, file)

const leadsTo = (child: ChildProcess, what: string, end: string): Promise<boolean> =>
  comesTrue(() => {
    try {
      return readlinkSync(`/proc/${child.pid}/${what}`).endsWith(end)
    } catch {
      return false
    }
  })

const served = (site: Site) => ({ link: join(site.root, 'current'), folder: join(site.root, 'releases') })

describe.concurrent.each(SHELLS)('what serves, under $name', shell => {
  test('who runs from the live release is counted, and who runs from another one is named', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const [two, three] = ['2', '3'].map(name => join(site.root, 'releases', name))
    // Node is a program of its own name everywhere; `sleep` may be an applet of something else.
    const own = join(two ?? '', 'queue-runner')
    copyFileSync('/bin/sleep', own)
    chmodSync(own, 0o755)
    using live = worker(three ?? '', 'exec sleep 60')
    execFileSync('mkfifo', [join(site.root, 'jobs')])
    writeFileSync(join(two ?? '', 'artisan'), 'exec 3<>../../jobs; read -r _ <&3')
    using left = worker(
      two ?? '',
      'exec "$0" "$@"',
      '/bin/sh',
      'artisan',
      'queue:work',
      '--password=hunter2',
      'hunter3',
    )
    using program = worker('/', 'exec "$0" 62', own)
    using reader = worker('/', 'exec 5<"$0"; exec sleep 63', join(two ?? '', 'public/version'))
    for (const each of [live, reader]) await became(each, 'sleep')
    await opened(left, 3, 'jobs')
    await became(program, 'queue-runner')
    await opened(reader, 5, 'version')

    const facts = readServing(await talk.session.ask([askProcesses(served(site))]))
    expect(facts).toMatchObject({ live: three, current: 1 })
    const byPid = new Map(facts?.old.map(each => [each.pid, each]))
    expect(byPid.get(left.pid ?? 0)).toMatchObject({
      what: 'cwd',
      path: two,
      command: 'sh artisan queue:work',
    })
    expect(byPid.get(program.pid ?? 0)).toMatchObject({ what: 'exe', path: own, command: 'queue-runner 62' })
    expect(byPid.get(reader.pid ?? 0)).toMatchObject({ what: 'fd', path: join(two ?? '', 'public/version') })
    expect(byPid.size).toBe(3)
    expect(talk.lines.join('\n')).not.toMatch(/hunter[23]/)
  })

  test('who has handed out a file of a release, and is done with it, does not run from there', async () => {
    using site = makeSite()
    const { link, folder } = served(site)
    const file = join(folder, '2/public/version')
    using server = worker('/', 'trap "exec 5<&-" USR1; exec 5<"$0"; while :; do sleep 0.02; done', file)
    await opened(server, 5, 'version')
    const probe = readFileSync(new URL('../../src/serving/processes.sh', import.meta.url), 'utf8')
    // It closes the file after it was listed, and before the list is read.
    const listing =
      'ls() { list=$(command ls "$@"); kill -USR1 "$server"; while [ -e "/proc/$server/fd/5" ]; do :; done; printf "%s\\n" "$list"; }'
    const { stdout } = spawnSync(
      realpathSync(shell.sh),
      [
        '-c',
        `fact() { echo "$*"; }\n${probe}\nserver=$2\n${listing}\nprobe_processes "$0" "$1"`,
        link,
        folder,
        String(server.pid),
      ],
      { argv0: 'sh', encoding: 'utf8' },
    )
    expect(readServing(stdout.split('\n'))).toMatchObject({ current: 0, old: [] })
  })

  test('a release whose folder was removed is still named', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const folder = join(site.root, 'releases/9 $(id)')
    mkdirSync(folder)
    using left = worker(folder, 'exec sleep 60')
    await became(left, 'sleep')
    renameSync(folder, join(site.root, 'releases/8'))
    const facts = readServing(await talk.session.ask([askProcesses(served(site))]))
    expect(facts?.old).toMatchObject([{ pid: left.pid, path: join(site.root, 'releases/8') }])
  })

  test('a link that leads out of its releases, or nowhere, says nothing', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const { folder } = served(site)
    symlinkSync('/usr', join(site.root, 'elsewhere'))
    for (const link of ['elsewhere', 'nowhere', 'releases'])
      expect(await talk.session.ask([askProcesses({ link: join(site.root, link), folder })])).toEqual([])
  })

  test.runIf(process.getuid?.() === 0)(
    'what belongs to others is counted, and nothing is guessed',
    async () => {
      using site = makeSite()
      for (const each of [site.root, join(site.root, 'releases')]) chmodSync(each, 0o755)
      const own = join(site.root, 'php-fpm8.4')
      copyFileSync('/bin/sleep', own)
      chmodSync(own, 0o755)
      using worker43 = worker(join(site.root, 'releases/2'), 'exec "$0" 60', own)
      using cron = worker(join(site.root, 'releases/2'), 'exec sleep 60')
      await became(worker43, 'php-fpm8.4')
      await became(cron, 'sleep')
      const { link, folder } = served(site)
      const probe = readFileSync(new URL('../../src/serving/processes.sh', import.meta.url), 'utf8')
      // As nobody: the courier of a deploy user sees as much.
      const { stdout } = spawnSync(
        realpathSync(shell.sh),
        ['-c', `fact() { echo "$*"; }\n${probe}\nprobe_processes "$0" "$1"`, link, folder],
        { argv0: 'sh', uid: 65_534, gid: 65_534, encoding: 'utf8' },
      )
      const facts = readServing(stdout.split('\n'))
      expect(facts).toMatchObject({ current: 0, old: [] })
      expect(facts?.hidden).toContainEqual({ user: 'root', command: 'php-fpm8.4', count: expect.any(Number) })
      expect(facts?.hidden.map(({ command }) => command)).not.toContain('sleep')
    },
  )

  test('our own shells look into releases, too, and are not taken for the application', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const file = join(site.root, 'releases/2/public/version')
    const looking = join(site.root, 'looking')
    const ours = talk.session.ask([
      {
        ...askNginx(),
        ask: 'sh',
        about: ['-c', 'exec 5<"$0"; : >"$1"; sleep 3', file, looking],
      },
    ])
    expect(await comesTrue(() => existsSync(looking))).toBe(true)
    using reader = worker('/', 'exec 5<"$0"; exec sleep 60', file)
    await opened(reader, 5, 'version')
    const facts = readServing(await talk.session.ask([askProcesses(served(site))]))
    expect(facts?.old.map(({ pid }) => pid)).toEqual([reader.pid])
    await ours
  })

  test('a question that hangs holds up nothing else', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const hanging = talk.session.ask([{ ...askNginx(), ask: 'sleep', about: ['3'] }])
    let answered = false
    const told = hanging.then(
      () => {
        answered = true
      },
      () => {},
    )
    const facts = await talk.session.ask([askProcesses(served(site))])
    expect(facts.length).toBeGreaterThan(0)
    expect(answered).toBe(false)
    await told
    expect(answered).toBe(true)
  })

  test('nginx: what PHP is given through the link is found, over includes, and secrets stay on the host', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const folder = join(site.root, 'nginx')
    for (const each of ['sites-available', 'sites-enabled', 'snippets'])
      mkdirSync(join(folder, each), { recursive: true })
    const put = (file: string, text: string) => writeFileSync(join(folder, file), text)
    put('nginx.conf', 'http {\n  include conf.d/*.conf;\n  include sites-enabled/*;\n}\n')
    put('snippets/php.conf', 'fastcgi_param  SCRIPT_FILENAME\t$document_root$fastcgi_script_name;\n')
    put(
      'sites-available/shop',
      `server {\n  root ${site.root}/current/public;\n  location ~ \\.php$ {\n    include snippets/php.conf;\n    fastcgi_param DB_PASSWORD hunter2;\n    fastcgi_pass unix:/run/php.sock;\n  }\n}\n`,
    )
    put('sites-available/off', `server { root ${site.root}/current; location / { fastcgi_pass x; } }\n`)
    symlinkSync('../sites-available/shop', join(folder, 'sites-enabled/shop'))
    const lines = await talk.session.ask([askNginx(folder)])
    expect(linksForPhp(readNginxFiles(lines), folder, served(site).link)).toEqual([
      { file: join(folder, 'snippets/php.conf'), line: 1, parameter: 'SCRIPT_FILENAME' },
    ])
    expect(linksForPhp(readNginxFiles(lines), folder, '/srv/other/current')).toEqual([])
    expect(lines.join('\n')).not.toContain('hunter2')
    expect(await talk.session.ask([askNginx(join(site.root, 'no-nginx'))])).toEqual([])
  })
})
