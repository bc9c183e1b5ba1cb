import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { git } from '../../src/component/git.ts'
import { restoreDatabase } from '../../src/component/restore-database.ts'
import {
  type Left,
  leftQuestion,
  RUNS,
  readLeft,
  removalOf,
  type Source,
  unreadOf,
} from '../../src/leaving/left.ts'
import { SHELLS } from './shells.ts'
import { makeSite, planFor, RUN, type Site, step } from './site.ts'
import { commitRun, prepare, type Talk, talkTo } from './talk.ts'

/** A later run than the one that most tests begin with. */
const LATER = '20261121T141058Z-bbbbbb'

const asked = async (talk: Talk, source: Source): Promise<readonly Left[]> =>
  readLeft(await talk.session.ask([leftQuestion(source)]))
const remove = async (talk: Talk, source: Source, ...all: readonly Left[]): Promise<readonly string[]> =>
  (await talk.session.removeLeft(all.map(left => removalOf(source, left)))).filter(fact =>
    /^(removed|stays) /.test(fact),
  )
const statesOf = (all: readonly Left[]) => all.map(({ sort, run, state }) => `${sort} ${run} ${state}`)

/** A run that ends as it is told, from 3 to 2 and back, so that the next one can begin where it began. */
async function runOnce(site: Site, talk: Talk, run: string): Promise<void> {
  const tape = await prepare(talk, planFor(site, { run }))
  talk.session.tell(run, 'switch')
  await tape.phase('switched')
  talk.session.tell(run, 'undo')
  expect(await tape.outcome()).toBe('undone')
}

/** A checkout with two commits and the run that moved it to the first one. */
async function movedCheckout(site: Site, talk: Talk) {
  const path = join(site.root, 'checkout')
  mkdirSync(path)
  const call = (...words: string[]) =>
    execFileSync('git', ['-C', path, '-c', 'user.name=Mei', '-c', 'user.email=mei@example.com', ...words], {
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  call('init', '--quiet', '--initial-branch=main')
  const commit = (version: string) => {
    writeFileSync(join(path, 'version'), version)
    call('add', '--all')
    call('commit', '--quiet', '--message', version)
    return call('rev-parse', 'HEAD')
  }
  const [first, second] = [commit('1'), commit('2')]
  const data = { path, before: second, after: first, branch: 'main', move: 'checkout', stash: '' }
  const plan = planFor(site, { steps: [step(1, 'git', 'switch', data)] })
  expect(await (await commitRun(talk, plan)).outcome()).toBe('committed')
  const source: Source = { name: 'git', ...git.leaves({ value: { path } } as never) }
  return { path, first, second, call, source, tags: () => call('tag', '--list').split('\n').filter(Boolean) }
}

describe.concurrent.each(SHELLS)('what runs leave, under $name', shell => {
  test('folders of runs are told with how their runs ended, and one goes whole', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await runOnce(site, talk, RUN)
    await runOnce(site, talk, LATER)
    const before = await asked(talk, RUNS)
    expect(statesOf(before)).toEqual([`run ${RUN} changed`, `run ${LATER} changed`])
    expect(before.every(({ bytes }) => bytes > 0)).toBe(true)
    const [old] = before as [Left, Left]
    expect(await remove(talk, RUNS, old)).toEqual([`removed ${old.name}`])
    expect(readdirSync(join(site.state, 'runs'))).toEqual([LATER])
    expect(statesOf(await asked(talk, RUNS))).toEqual([`run ${LATER} changed`])
    // Asked for once more, there is nothing that could be taken for it.
    expect(await remove(talk, RUNS, old)).toEqual([`stays ${old.name}`])
  })

  test('the newest run stays whatever is asked, and so does one that is not over or that nobody knows', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await prepare(talk, planFor(site))
    const runs = join(site.state, 'runs')
    mkdirSync(join(runs, '20261101T000000Z-cccccc'))
    mkdirSync(join(site.root, 'precious'))
    symlinkSync(join(site.root, 'precious'), join(runs, '20261102T000000Z-dddddd'))
    expect(statesOf(await asked(talk, RUNS))).toEqual([
      'run 20261101T000000Z-cccccc unproved',
      `run ${RUN} open`,
    ])
    for (const run of ['20261101T000000Z-cccccc', '20261102T000000Z-dddddd', RUN, '../../..'])
      expect(
        await remove(talk, RUNS, { sort: 'run', run, bytes: 0, state: 'changed', name: join(runs, run) }),
      ).toEqual([`stays ${join(runs, run)}`])
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('refused')
    const [, newest] = await asked(talk, RUNS)
    expect(newest).toMatchObject({ run: RUN, state: 'refused' })
    expect(await remove(talk, RUNS, newest as Left)).toEqual([`stays ${newest?.name}`])
    expect(readdirSync(runs)).toHaveLength(3)
    expect(existsSync(join(site.root, 'precious'))).toBe(true)
  })

  test('copies of files are told apart from their run, and go without it', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await runOnce(site, talk, RUN)
    await runOnce(site, talk, LATER)
    const kept = join(site.state, 'runs', RUN, 'kept')
    mkdirSync(kept)
    writeFileSync(join(kept, '1'), 'SECRET=x'.repeat(4096))
    const [copies, run] = (await asked(talk, RUNS)) as [Left, Left]
    expect([copies, run].map(({ sort, name }) => `${sort} ${name}`)).toEqual([
      `copies ${kept}`,
      `run ${join(site.state, 'runs', RUN)}`,
    ])
    expect(copies.bytes).toBeGreaterThanOrEqual(32_768)
    expect(await remove(talk, RUNS, copies)).toEqual([`removed ${kept}`])
    expect(existsSync(kept)).toBe(false)
    expect(existsSync(join(site.state, 'runs', RUN, 'journal'))).toBe(true)
  })

  test('the tag of a run goes, and only it: not one that was made by hand, moved, or is of another run', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = await movedCheckout(site, talk)
    const { path, source, call } = checkout
    call('tag', 'rollbook/by-hand', 'main')
    call('tag', 'rollbook/20261101T000000Z-cccccc', 'main')
    call('tag', 'v1', 'main')
    const found = await asked(talk, source)
    expect(statesOf(found)).toEqual([
      'tag 20261101T000000Z-cccccc unproved',
      `tag ${RUN} changed`,
      'tag by-hand unproved',
    ])
    const own = found.find(({ run }) => run === RUN) as Left
    expect(own.name).toBe(`${path} rollbook/${RUN}`)
    for (const other of found.filter(each => each !== own))
      expect(await remove(talk, source, { ...other, state: 'changed' })).toEqual([`stays ${other.name}`])
    call('tag', '--force', `rollbook/${RUN}`, checkout.first)
    expect(await remove(talk, source, own)).toEqual([`stays ${own.name}`])
    call('tag', '--force', `rollbook/${RUN}`, checkout.second)
    expect(await remove(talk, source, own)).toEqual([`removed ${own.name}`])
    expect(checkout.tags()).toEqual(['rollbook/20261101T000000Z-cccccc', 'rollbook/by-hand', 'v1'])
    expect(call('rev-parse', 'main')).toBe(checkout.second)
  })

  test('no hook of the checkout runs for it, and a checkout that is gone has nothing', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const { path, source } = await movedCheckout(site, talk)
    const hook = join(path, '.git/hooks/reference-transaction')
    mkdirSync(join(path, '.git/hooks'), { recursive: true })
    writeFileSync(hook, `#!/bin/sh\ntouch ${site.root}/hook-ran\n`, { mode: 0o755 })
    const [own] = (await asked(talk, source)) as [Left]
    expect(await remove(talk, source, own)).toEqual([`removed ${own.name}`])
    expect(existsSync(join(site.root, 'hook-ran'))).toBe(false)
    expect(await asked(talk, { ...source, about: [join(site.root, 'nowhere')] })).toEqual([])
  })

  test('a name with quotes, blanks and dollars in it is a name and nothing more', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const name = `/tmp/'; touch ${site.root}/ran; $(touch ${site.root}/ran) "`
    expect(await remove(talk, RUNS, { sort: 'run', run: RUN, bytes: 0, state: 'changed', name })).toEqual([
      `stays ${name}`,
    ])
    expect(existsSync(join(site.root, 'ran'))).toBe(false)
  })

  test('kept images: the name on the list that still goes to its image, and no other', async () => {
    using site = makeSite()
    const tool = join(site.root, 'docker')
    // An engine that knows three names; what it is told to remove stands in a file.
    writeFileSync(
      tool,
      `#!/bin/sh
for word; do :; done
case "$word" in
  rollbook-keep/web:*aaaaaa) id=sha256:1 ;;
  rollbook-keep/web:*bbbbbb) id=sha256:other ;;
  *) exit 1 ;;
esac
case "$*" in
  *'image inspect'*Size*) echo "$id 4096" ;;
  *'image inspect'*) echo "$id" ;;
  *'image rm'*) echo "$word" >>${site.root}/gone ;;
esac
`,
      { mode: 0o755 },
    )
    await using talk = await talkTo(site, shell, { env: { PATH: `${site.root}:${shell.path}` } })
    await runOnce(site, talk, RUN)
    await runOnce(site, talk, LATER)
    const line = (run: string, id: string) => `1795177251 ${run} ${id} rollbook-keep/web:${run}\n`
    writeFileSync(
      join(site.state, 'kept-images'),
      line(RUN, 'sha256:1') + line(LATER, 'sha256:2') + line('20261101T000000Z-cccccc', 'sha256:3'),
    )
    const { images } = await import('../../src/component/images.ts')
    const source: Source = { name: 'images', ...images.leaves() }
    const found = await asked(talk, source)
    expect(found.map(({ name, state, bytes }) => [name, state, bytes])).toEqual([
      [`rollbook-keep/web:${RUN}`, 'changed', 4096],
      [`rollbook-keep/web:${LATER}`, 'unproved', 4096],
    ])
    const [own, other] = found as [Left, Left]
    expect(await remove(talk, source, own, other)).toEqual([`removed ${own.name}`, `stays ${other.name}`])
    expect(execFileSync('cat', [join(site.root, 'gone')], { encoding: 'utf8' })).toBe(`${own.name}\n`)
  })

  test('old databases: those that a run here is known to have kept, while nobody is in them, and no other', async () => {
    using site = makeSite()
    const server = databaseServer(site)
    await using talk = await talkTo(site, shell, { env: { PATH: `${site.root}:${shell.path}` } })
    for (const run of [RUN, LATER]) {
      await runOnce(site, talk, run)
      restored(site, run, 'main')
    }
    const strangers = '20261101T000000Z-cccccc'
    server.has(
      ['store', 9_000_000, 3, LATER],
      [beforeOf(RUN), 8_000_000, 0, '-'],
      [asideOf(RUN), 7_000_000, 0, RUN],
      // What was restored is told by its comment: this is somebody else's.
      [asideOf(LATER), 7_000_000, 0, '-'],
      [beforeOf(LATER), 8_000_000, 2, '-'],
      [beforeOf(strangers), 1, 0, '-'],
      ['store_before_christmas', 1, 0, '-'],
    )
    const source = databaseSource('# database: store\n# port: 5432\n# user: store\n')
    const found = await asked(talk, source)
    expect(found.map(({ sort, run, bytes, state, name }) => [sort, run, bytes, state, name])).toEqual([
      ['database', RUN, 8_000_000, 'changed', `main ${beforeOf(RUN)}`],
      ['database', RUN, 7_000_000, 'changed', `main ${asideOf(RUN)}`],
      ['database', LATER, 7_000_000, 'unproved', `main ${asideOf(LATER)}`],
      ['database', LATER, 8_000_000, 'used', `main ${beforeOf(LATER)}`],
      ['database', '-', 1, 'unproved', `main ${beforeOf(strangers)}`],
      ['database', '-', 1, 'unproved', 'main store_before_christmas'],
    ])
    const [old, aside, ...others] = found as [Left, Left, ...Left[]]
    for (const other of others)
      expect(await remove(talk, source, { ...other, state: 'changed' })).toEqual([`stays ${other.name}`])
    expect(await remove(talk, source, { ...old, name: 'main store' })).toEqual(['stays main store'])
    expect(await remove(talk, source, { ...old, run: LATER })).toEqual([`stays ${old.name}`])
    expect(server.gone()).toBe('')
    expect(await remove(talk, source, old, aside)).toEqual([`removed ${old.name}`, `removed ${aside.name}`])
    expect(server.gone()).toBe(`${beforeOf(RUN)}\n${asideOf(RUN)}\n`)
  })

  test('old databases of another entry of the runbook, of a refused run and of one without its plan are nobody’s', async () => {
    using site = makeSite()
    const server = databaseServer(site)
    await using talk = await talkTo(site, shell, { env: { PATH: `${site.root}:${shell.path}` } })
    await runOnce(site, talk, RUN)
    const tape = await prepare(talk, planFor(site, { run: LATER }))
    talk.session.tell(LATER, 'undo')
    expect(await tape.outcome()).toBe('refused')
    restored(site, LATER, 'main')
    server.has([beforeOf(RUN), 1, 0, '-'], [beforeOf(LATER), 1, 0, '-'])
    const source = databaseSource('# database: store\n# port: 5432\n# user: store\n')
    const states = async () => (await asked(talk, source)).map(({ state }) => state)
    expect(await states()).toEqual(['unproved', 'unproved'])
    restored(site, RUN, 'other')
    expect(await states()).toEqual(['unproved', 'unproved'])
    restored(site, RUN, 'main')
    expect(await states()).toEqual(['changed', 'unproved'])
  })

  test('old databases that could not be looked at are told as such, and the password leaves nothing behind', async () => {
    using site = makeSite()
    const server = databaseServer(site)
    mkdirSync(join(site.root, 'tmp'))
    const env = { PATH: `${site.root}:${shell.path}`, TMPDIR: join(site.root, 'tmp') }
    await using talk = await talkTo(site, shell, { env })
    const unread = async (access: string) =>
      unreadOf(await talk.session.ask([leftQuestion(databaseSource(access))]))
    expect(await unread('')).toEqual(['the database main: its password was not given to this operation'])
    const access = '# database: store\n# port: 5432\n# user: store\n*:*:*:*:s3cr3t\n'
    server.breaks('psql: error: FATAL: password authentication failed')
    expect(await unread(access)).toEqual([
      'the database main: the server did not take the user or the password',
    ])
    expect(readdirSync(join(site.root, 'tmp'))).toEqual([])
  })
})

const beforeOf = (run: string): string => `store_before_${run.toLowerCase().replace('-', '_')}`
const asideOf = (run: string): string => {
  const [sum = ''] = execFileSync('cksum', { input: run, encoding: 'utf8' }).split(' ')
  return `store_rollbook_${run.split('-')[0]?.replace(/\D/g, '')}${sum}`
}

const databaseSource = (access: string): Source => ({
  name: 'restore_database',
  ...restoreDatabase.leaves({ value: { database: { name: 'main', access } } } as never, new Map()),
})

/** The plan of a run, as one has it that has restored a database. */
function restored(site: Site, run: string, database: string): void {
  const plan = planFor(site, { run, steps: [step(1, 'restore_database', 'switch', { database })] })
  writeFileSync(join(site.state, 'runs', run, 'plan.json'), JSON.stringify(plan, null, 1))
}

/** A client of a server whose databases stand in a file: name, bytes, sessions and the run in the comment. */
function databaseServer(site: Site) {
  writeFileSync(
    join(site.root, 'psql'),
    `#!/bin/sh
[ ! -e ${site.root}/broken ] || { cat ${site.root}/broken >&2; exit 2; }
for word; do case $word in live=*) live=\${word#live=} ;; form=*) form=\${word#form=} ;; gone=*) gone=\${word#gone=} ;; esac; done
case $(cat) in
  *'DROP DATABASE :"gone"'*) printf '%s\\n' "$gone" >>${site.root}/gone ;;
  *) grep -v "^$live\t" ${site.root}/databases | grep -E "\${form%$}	" ;;
esac
`,
    { mode: 0o755 },
  )
  writeFileSync(join(site.root, 'gone'), '')
  return {
    has: (...rows: (readonly (string | number)[])[]) =>
      writeFileSync(join(site.root, 'databases'), rows.map(row => `${row.join('\t')}\n`).join('')),
    breaks: (words: string) => writeFileSync(join(site.root, 'broken'), words),
    gone: () => readFileSync(join(site.root, 'gone'), 'utf8'),
  }
}
