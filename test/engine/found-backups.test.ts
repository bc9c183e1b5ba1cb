import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SHELLS } from './shells.ts'
import { makeSite } from './site.ts'

const FUNCTIONS = join(import.meta.dirname, '../../src/component/restore-database-found.sh')

/** The head of what `pg_dump -Fc` writes; the versions of the format differ in how they say how it is packed. */
const archive = (database: string, began: string, version: readonly [number, number] = [1, 16]): Buffer => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = began.split(/\D/).map(Number)
  const number = (value: number) => [value < 0 ? 1 : 0, Math.abs(value), Math.abs(value) >> 8, 0, 0]
  const name = Buffer.from(database)
  return Buffer.from([
    ...Buffer.from('PGDMP'),
    ...[...version, 0, 4, 8, 1],
    ...(version[1] >= 15 ? [1] : number(-1)),
    ...[second, minute, hour, day, month - 1, year - 1900, 0].flatMap(number),
    ...[...number(name.length), ...name],
    ...Buffer.from('whatever comes behind it'),
  ])
}

describe.each(SHELLS)('backups that others made, under $name', shell => {
  /** Which file in the folder of the backups is the newest; `chosen` is the newest of our own. */
  const found = (files: Readonly<Record<string, Buffer | string>>, chosen = '', listed = ''): string => {
    using site = makeSite()
    const folder = join(site.root, "it's here")
    mkdirSync(folder)
    mkdirSync(join(site.root, 'backups'))
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const line = (name: string) => `1795248000 run sum 10 readback database main ${join(folder, name)}\n`
    writeFileSync(join(site.root, 'backups/list'), listed === '' ? '' : line(listed))
    const script = `. ${FUNCTIONS}
state=$1 pg_name=store rd_chosen=\${3:+$2/$3}
rd_find "$2"
printf %s "\${rd_chosen##*/}"`
    return execFileSync(shell.sh, ['-c', script, 'sh', site.root, folder, chosen], {
      encoding: 'utf8',
      env: { PATH: shell.path },
    })
  }

  test('the newest is the one that was begun last, whatever its name and the time of its file', () => {
    expect(
      found({
        'z.dump': archive('store', '2026-11-19 02:00:00'),
        'a.dump': archive('store', '2026-11-20 02:00:01', [1, 14]),
        'm.dump': archive('store', '2026-11-20 02:00:00', [1, 15]),
      }),
    ).toBe('a.dump')
  })

  test('one of our own counts as what it says of itself, too', () => {
    const files = {
      'ours.dump': archive('store', '2026-11-20 09:00:00'),
      'night.dump': archive('store', '2026-11-20 02:00:00'),
    }
    expect(found(files, 'ours.dump', 'ours.dump')).toBe('ours.dump')
    expect(
      found({ ...files, 'next.dump': archive('store', '2026-11-21 02:00:00') }, 'ours.dump', 'ours.dump'),
    ).toBe('next.dump')
  })

  test('what is of another database, no archive, or known to be spoilt, is none', () => {
    expect(
      found({
        'other.dump': archive('stores', '2026-11-20 02:00:00'),
        'text.dump': '-- PostgreSQL database dump\n',
        'empty.dump': '',
        'cut.dump': archive('store', '2026-11-20 02:00:00').subarray(0, 30),
        'night.sql': archive('store', '2026-11-20 02:00:00'),
      }),
    ).toBe('')
    expect(found({ 'ours.dump': archive('store', '2026-11-20 09:00:00') }, '', 'ours.dump')).toBe('')
  })

  test('in a folder that is not there, nothing is found', () => {
    expect(found({})).toBe('')
  })
})
