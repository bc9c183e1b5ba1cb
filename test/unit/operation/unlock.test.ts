import { existsSync, lstatSync } from 'node:fs'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Bench, makeBench } from './fixture.ts'

const RUN = '20261120T141058Z-3f9a2c'
const OTHER = '20261120T150000Z-abcdef'

const locked = ({ state }: Bench): boolean => {
  try {
    return lstatSync(join(state, 'lock')).isSymbolicLink()
  } catch {
    return false
  }
}

/** The lock of a run that left nothing else: of this boot and a living process, or of another boot. */
const lock = async ({ state }: Bench, run: string, owner: 'alive' | 'dead'): Promise<void> => {
  await mkdir(state, { recursive: true, mode: 0o700 })
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  const started = (await readFile('/proc/self/stat', 'utf8')).replace(/^.*\) /, '').split(' ')[19]
  const text =
    owner === 'alive' ? `${boot}:${process.pid}:${started}` : '00000000-0000-0000-0000-000000000000:1:1'
  await symlink(`v1:${run}:${text}`, join(state, 'lock'))
}

describe.runIf(process.platform === 'linux')('unlock', () => {
  test('where nothing is locked there is nothing to do', async () => {
    await using bench = await makeBench()
    expect(await bench.ask({ operation: 'unlock' })).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-NOT-LOCKED' },
    })
    expect(existsSync(bench.state)).toBe(false)
  })

  test('the lock of a living run stays, named or not', async () => {
    await using bench = await makeBench()
    await lock(bench, RUN, 'alive')
    for (const inputs of [{}, { 'run-id': RUN }])
      expect(await bench.ask({ operation: 'unlock', ...inputs })).toMatchObject({
        outcome: 'refused',
        failure: { code: 'RB-LOCK-HELD', message: expect.stringContaining(RUN) },
      })
    expect(locked(bench)).toBe(true)
  })

  test('a dead run that left nothing to put in order: its lock goes only by its name', async () => {
    await using bench = await makeBench()
    await lock(bench, RUN, 'dead')
    expect(await bench.ask({ operation: 'unlock' })).toMatchObject({
      outcome: 'refused',
      failure: {
        code: 'RB-LOCK-HELD',
        remedy: expect.arrayContaining([expect.stringContaining(`run-id: ${RUN}`)]),
      },
    })
    expect(await bench.ask({ operation: 'unlock', 'run-id': OTHER })).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-NOT-LOCKED', message: expect.stringContaining(RUN) },
    })
    expect(locked(bench)).toBe(true)
    const report = await bench.ask({ operation: 'unlock', 'run-id': RUN })
    expect(report).toMatchObject({ outcome: 'unlocked' })
    expect(report.warnings.join('\n')).toContain('was broken, and the run was not brought to an end')
    expect(locked(bench)).toBe(false)
  })
})
