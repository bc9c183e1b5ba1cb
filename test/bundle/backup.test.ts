import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { makeProduction } from '../support/production.ts'
import { BROKEN, expectOutcome, on, recordOf, seen, told } from './story.ts'

describe('a backup of files', () => {
  test('is on the host, whole and with the digest that is told', async () => {
    await using production = await makeProduction({
      machines: { web: BROKEN },
      runbook: ({ path }) => ({
        rollback: { backup: [{ files: ['current/VERSION', 'releases/1'], in: path }] },
      }),
    })
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    const backups: unknown = JSON.parse(run.outputs.backups ?? '')
    expect(backups).toEqual([
      {
        host: 'web',
        kind: 'files',
        path: expect.stringMatching(/^\/.*\.tar\.gz$/),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        bytes: expect.any(Number),
        verified: true,
      },
    ])
    const [backup] = recordOf(run).backups
    const archive = backup?.path ?? ''
    expect(execFileSync('sha256sum', [archive], { encoding: 'utf8' }).split(' ')[0]).toBe(backup?.sha256)
    expect((await readFile(archive)).length).toBe(backup?.bytes)
    expect(execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).split('\n')).toEqual(
      expect.arrayContaining(['current/VERSION', 'releases/1/VERSION', 'releases/1/health']),
    )
    expect(execFileSync('tar', ['-xzOf', archive, 'current/VERSION'], { encoding: 'utf8' })).toBe('3')
    const beside = await readFile(`${archive}.sha256`, 'utf8')
    expect(beside.split(' ')[0]).toBe(backup?.sha256)
  })

  test('that cannot be made keeps everything as it is', async () => {
    await using production = await makeProduction({
      machines: { web: BROKEN },
      runbook: ({ path }) => ({ rollback: { backup: [{ files: [`${path}/nothing-here`] }] } }),
    })
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(told(run)).toContain('nothing-here')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
    expect(await production.machines[0].locked()).toBe(false)
  })
})
