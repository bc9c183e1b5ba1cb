import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { appendFile, chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { OpenChannel } from '../../../src/host/channel.ts'
import { localOpener } from '../../../src/host/local.ts'
import { summaryMarkdown } from '../../../src/report/summary.ts'
import { headlineWords } from '../../../src/report/verdict.ts'
import { type Bench, makeBench } from './fixture.ts'

/** Of the text that stands for each dump. */
const SUM = createHash('sha256').update('dump').digest('hex')
const runOf = (day: number): string => `202611${String(day).padStart(2, '0')}T141058Z-3f9a2c`

/** A host on which the runs of some days have backed up their database. */
const makeHost = async ({ keep = 2, confirm }: { keep?: number | undefined; confirm?: string } = {}) => {
  const bench = await makeBench({
    environment: { ...(confirm && { confirm }) },
    databases: {
      main: {
        mysql: { name: 'fap', user: 'fap', password: { env: 'DB_PASSWORD' } },
        backups: { to: '/var/backups/shop', ...(keep && { keep }) },
      },
    },
  })
  const folder = join(bench.state, 'dumps')
  await mkdir(folder, { recursive: true })
  await mkdir(join(bench.state, 'backups'))
  await chmod(bench.state, 0o700)
  const enter = (line: string) => appendFile(join(bench.state, 'backups/list'), `${line}\n`)
  const pathOf = (day: number) => join(folder, `shop-production-main-${runOf(day)}.sql.zst`)
  return {
    bench,
    folder,
    enter,
    pathOf,
    async make(day: number, level = 'readback') {
      const path = pathOf(day)
      await writeFile(path, 'dump')
      await writeFile(`${path}.sha256`, `${SUM}  ${path}\n`)
      await enter(`${1_795_000_000 + day * 86_400} ${runOf(day)} ${SUM} 4 ${level} database main ${path}`)
      return path
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  }
}

const pruneIt = (bench: Bench, inputs = {}, means = {}) => bench.ask({ operation: 'prune', ...inputs }, means)

describe('prune', () => {
  test('tells what goes and what stays, removes the one with its sum, and keeps the other', async () => {
    await using host = await makeHost()
    const paths = [await host.make(1), await host.make(2), await host.make(3)]
    const stranger = join(host.folder, `shop-production-main-${runOf(1)}-by-hand.sql.zst`)
    await writeFile(stranger, 'by hand')
    const report = await pruneIt(host.bench)
    expect(report).toMatchObject({ outcome: 'pruned' })
    expect(report.pruned?.map(({ path, fate }) => [paths.indexOf(path), fate])).toEqual([
      [2, 'kept'],
      [1, 'kept'],
      [0, 'removed'],
    ])
    expect(report.preflight).toEqual([
      'here: 3 backups; keep covers 1 of them no longer (4 B)',
      expect.stringMatching(
        /^ {2}stays: .*main, whole, 4 B, .*, read back\): it is of one of the newest 2 runs$/,
      ),
      expect.stringMatching(/^ {2}stays: /),
      expect.stringMatching(/^ {2}goes: .*20261101T.*: 2 newer runs have theirs$/),
      expect.stringMatching(
        /^A backup goes only when its sha256 is still the one of the list; one that takes more than 10 min/,
      ),
    ])
    expect(paths.map(path => existsSync(path))).toEqual([false, true, true])
    expect(existsSync(`${paths[0]}.sha256`)).toBe(false)
    expect(existsSync(stranger)).toBe(true)
    const list = (await readFile(join(host.bench.state, 'backups/list'), 'utf8')).trim().split('\n')
    expect(list.at(-1)).toContain(` ${runOf(1)} ${SUM} 4 removed database main ${paths[0]}`)
    expect(headlineWords(report)).toBe('shop · production is tidied up: 1 backup removed, 4 B')
    const page = summaryMarkdown(report)
    expect(page).toContain('**Removed** – 1 backup, 4 B')
    expect(page).toContain('| main, whole |')
    // Its table tells of each file: a list of the same files beside it would be read twice.
    expect(page.split(paths[0] ?? '')).toHaveLength(2)
    expect(host.bench.site.live()).toBe('3')
  })

  test('says plainly that there is nothing to remove, the second time, and where nothing ever was', async () => {
    await using host = await makeHost({ keep: 1 })
    expect(await pruneIt(host.bench)).toMatchObject({
      outcome: 'pruned',
      preflight: ['here: no backups', 'Nothing is to be removed.'],
    })
    await host.make(1)
    await host.make(2)
    await pruneIt(host.bench)
    const again = await pruneIt(host.bench)
    expect(again).toMatchObject({ outcome: 'pruned', pruned: [{ fate: 'kept' }] })
    expect(again.preflight).toContain('Nothing is to be removed.')
    expect(headlineWords(again)).toBe('shop · production has nothing to remove: keep covers every backup')
  })

  test('removes nothing of a database without keep', async () => {
    await using host = await makeHost({ keep: 0 })
    const paths = [await host.make(1), await host.make(2)]
    expect(await pruneIt(host.bench)).toMatchObject({ outcome: 'pruned' })
    expect(paths.every(path => existsSync(path))).toBe(true)
  })

  test('never takes the newest that was read back, nor what is another file by now, nor what a link leads to', async () => {
    await using host = await makeHost({ keep: 1 })
    const [changed, linked] = [await host.make(1), host.pathOf(2)]
    await writeFile(changed, 'by hand')
    const precious = join(host.folder, 'precious')
    await writeFile(precious, 'data')
    await symlink(precious, linked)
    await host.enter(`1795000000 ${runOf(2)} ${SUM} 4 readback database main ${linked}`)
    const proved = await host.make(3)
    const [stream, newest] = [await host.make(4, 'stream'), await host.make(5, 'stream')]
    const report = await pruneIt(host.bench)
    expect(report.pruned?.filter(({ fate }) => fate === 'removed').map(({ path }) => path)).toEqual([stream])
    expect([changed, precious, proved, newest].every(path => existsSync(path))).toBe(true)
  })

  test('asks for the phrase of its environment, and for no other', async () => {
    await using host = await makeHost({ confirm: 'shop' })
    await host.make(1)
    const silent = { open: () => Promise.reject(new Error('a host was called')) }
    await expect(pruneIt(host.bench, {}, silent)).rejects.toMatchObject({ code: 'RB-CONFIRM' })
    expect(await pruneIt(host.bench, { confirm: 'shop' })).toMatchObject({ outcome: 'pruned' })
    await using free = await makeBench({ rollback: { confirm: 'GO BACK' } })
    expect(await pruneIt(free)).toMatchObject({ outcome: 'pruned' })
  })

  test('is refused while a run has the host', async () => {
    await using host = await makeHost({ keep: 1 })
    const paths = [await host.make(1), await host.make(2)]
    await symlink('v1:somebody', join(host.bench.state, 'lock'))
    expect(await pruneIt(host.bench)).toMatchObject({ outcome: 'refused', failure: { code: 'RB-LOCK-HELD' } })
    expect(paths.every(path => existsSync(path))).toBe(true)
  })

  test('that could not remove something is not green, and says what is still there', async () => {
    await using host = await makeHost({ keep: 1 })
    const stays = host.pathOf(1)
    await host.make(1)
    const gone = await host.make(2)
    await host.make(3)
    const open: OpenChannel = async (to, greeting, events) => {
      const channel = await localOpener()(to, greeting, events)
      return {
        ...channel,
        // The file changes between the look and the hand.
        async send(message) {
          if (/^\d+ remove /.test(message)) await writeFile(stays, 'it grew meanwhile')
          channel.send(message)
        },
      }
    }
    const report = await pruneIt(host.bench, {}, { open })
    expect(report).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-BACKUPS-NOT-REMOVED', table: { rows: [['here', stays]] } },
    })
    expect(report.failure?.message).toBe(
      '1 backup could not be removed, or nobody heard that it was; 1 backup was. Nothing else was changed.',
    )
    expect(existsSync(gone)).toBe(false)
    expect(existsSync(stays)).toBe(true)
    expect(headlineWords(report)).toBe('shop · production was tidied up only in part')
    expect(summaryMarkdown(report)).toContain('**Done in part:**')
  })
})

describe('status', () => {
  test('shows the backups with age, size and proof, and how many keep covers no longer', async () => {
    await using host = await makeHost({ keep: 1 })
    const [old, , missing] = [await host.make(1), await host.make(2, 'restore'), host.pathOf(9)]
    await host.enter(`1795000000 ${runOf(9)} ${SUM} 4 readback database main ${missing}`)
    const report = await host.bench.ask({ operation: 'status' })
    expect(report.status?.[0]?.backups).toMatchObject([
      { name: 'main', run: runOf(2), bytes: 4, level: 'restore', verified: true, goes: false },
      { name: 'main', run: runOf(1), bytes: 4, level: 'readback', path: old, goes: true },
    ])
    const page = summaryMarkdown(report)
    expect(page).toContain('**Backups** on here: 2, 8 B')
    expect(page).toMatch(/\| main, whole \| \d+ [a-z]+ \| 4 B \| restored and compared \| `.*` \| yes \|/)
    expect(page).toContain('keep covers 1 of them no longer (4 B); `operation: prune` removes them.')
    expect(existsSync(old)).toBe(true)
  })

  test('is not led astray by what a host has on its list', async () => {
    await using host = await makeHost()
    await host.enter(`1795000000 r|1 ${SUM} 4 readback x \`|<b>@me|\` ${host.folder}`)
    const page = summaryMarkdown(await host.bench.ask({ operation: 'status' }))
    expect(page).toContain('**Backups** on here: 1')
    expect(page).not.toMatch(/<b>|\| *`\| *<|@me/)
  })

  test('says nothing of backups where there are none', async () => {
    await using bench = await makeBench()
    const report = await bench.ask({ operation: 'status' })
    expect(report.status?.[0]).not.toHaveProperty('backups')
    expect(summaryMarkdown(report)).not.toContain('Backups')
  })
})

test('undo asks for no secret of a database, because it backs up nothing', async () => {
  await using bench = await makeBench({
    databases: {
      main: { mysql: { url: { env: 'DATABASE_URL' } }, backups: { to: '/var/backups/shop' } },
    },
    rollback: { backup: [{ database: 'main' }] },
  })
  await expect(bench.ask()).rejects.toMatchObject({ code: 'RB-SECRET-NOT-SET' })
  expect(await bench.ask({ operation: 'undo' })).toMatchObject({
    outcome: 'refused',
    failure: { code: 'RB-NOTHING-TO-UNDO' },
  })
})

test('the password in an address is learnt as it is, before any host is called', async () => {
  await using bench = await makeBench({
    databases: {
      main: { mysql: { url: { env: 'DATABASE_URL' } }, backups: { to: '/var/backups/shop' } },
    },
    rollback: { backup: [{ database: 'main' }] },
  })
  const DATABASE_URL = 'mysql://shop:p%40ss%2Fw0rd@127.0.0.1:3306/shop'
  const open = () => Promise.reject(new Error('no'))
  await bench.ask({}, { open, variables: { DATABASE_URL } })
  expect(bench.learned).toEqual([DATABASE_URL, 'p@ss/w0rd'])
})

test('plan shows what is backed up, where to, and that it is kept', async () => {
  await using bench = await makeBench({
    databases: {
      main: {
        mysql: { name: 'fap', user: 'fap', password: { env: 'P' } },
        backups: { to: '/var/backups/shop' },
      },
    },
    rollback: { backup: [{ database: 'main' }] },
  })
  const report = await bench.ask({ operation: 'plan' })
  expect(report.planned?.[0]).toMatchObject({
    phase: 'backup',
    title: 'back up main (fap)',
    undo: 'nothing: the backup is kept',
    data: { folder: '/var/backups/shop', stem: `shop-production-main-${report.run}`, verify: 'readback' },
  })
})
