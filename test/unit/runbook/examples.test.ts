import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { chooseDrill } from '../../../src/operation/drill-setting.ts'
import { choose, KindNotSupported } from '../../../src/runbook/choose.ts'
import { example } from './fixture.ts'

const NAMES = readdirSync(new URL('../../../examples/runbooks/', import.meta.url)).map(file =>
  file.replace('.yml', ''),
)

describe('the five runbooks made from real documents', () => {
  test('are all there', () => {
    expect(NAMES.sort()).toEqual(['aura-flow', 'easy-erp', 'fap-api', 'ssalgten', 'template'])
  })

  test.each(NAMES)('%s loads as it stands', name => {
    const runbook = example(name)
    for (const rollback of Object.values(runbook.rollbacks)) {
      expect(rollback.phases.switch.length).toBeGreaterThan(0)
      expect(rollback.phases.verify.some(item => item.kind === 'use')).toBe(false)
    }
  })

  test('fap-api is read to the last option', () => {
    const { app, environments, rollbacks } = example('fap-api')
    expect(app).toBe('fap-api')
    expect(environments.production?.hosts.map(host => host.name)).toEqual(['web-1', 'web-2'])
    const release = rollbacks.release
    expect(release).toMatchObject({ title: 'Application release', rto: 300, dataLoss: false })
    expect(release?.phases.switch).toMatchObject([{ kind: 'symlink', value: { path: '/var/www/fap-api' } }])
    expect(release?.phases.start).toMatchObject([
      { kind: 'systemd', value: { verb: 'reload', units: ['php8.4-fpm', 'nginx'] } },
      { kind: 'run', in: '/var/www/fap-api/current/backend', position: { line: 32, column: 9 } },
    ])
    expect(release?.phases.verify[1]).toMatchObject({
      kind: 'any',
      value: [
        {
          kind: 'http',
          value: '/healthz',
          options: { expect: { json: { ok: true } } },
          position: { line: 41 },
        },
        { kind: 'http', value: '/api/healthz', position: { line: 43 } },
      ],
    })
    expect(release?.phases.diagnose[2]).toMatchObject({ kind: 'tail', options: { lines: 200 } })
  })

  test.each([
    ['easy-erp', 'level-1', ['pm2']],
    ['easy-erp', 'level-2', ['databases: backups.include', 'pm2', 'prisma']],
    ['template', 'full', ['maintenance', 'kubernetes', 'database', 'terraform', 'ansible', 'restore: mysql']],
  ])('%s: %s is refused by the names of the missing kinds and nothing else', (name, rollback, kinds) => {
    const runbook = example(name)
    const environment = Object.keys(runbook.environments)[0]
    const ask = () => choose(runbook, { environment, rollback })
    expect(ask).toThrow(KindNotSupported)
    try {
      ask()
    } catch (error) {
      expect(error).toMatchObject({ code: 'RB-KIND-NOT-SUPPORTED', kinds })
    }
  })

  test('the refusal says where each missing kind stands, and where a database asks for what is missing', () => {
    expect(() => choose(example('easy-erp'), { rollback: 'level-2' })).toThrow(
      /not support yet: databases: backups\.include, pm2, prisma\. Nothing was changed\.\neasy-erp\.yml:\d+:\d+ databases: backups\.include\n/,
    )
  })

  test('ssalgten: a database is restored inside of its service, without a secret', () => {
    const { rollback } = choose(example('ssalgten'), { rollback: 'database' })
    expect(rollback.phases.backup).toMatchObject([{ kind: 'postgres', env: [] }])
    expect(rollback.phases.switch).toMatchObject([
      { kind: 'restore_database', env: [], value: { database: { through: { service: 'postgres' } } } },
    ])
  })

  test('fap-api: all of it can be run, and its backups are made where its database is', () => {
    const { rollback } = choose(example('fap-api'), {})
    expect(rollback.phases.backup.map(({ kind, on, env }) => [kind, on, env])).toEqual([
      ['database', 'web-1', ['database.main']],
      ['database', 'web-1', ['database.main']],
    ])
  })

  test.each(['image', 'nginx', 'database', 'upstream', 'full'])('aura-flow: %s can be run', rollback => {
    const { rollback: chosen } = choose(example('aura-flow'), { environment: 'staging', rollback })
    expect(chosen.phases.verify.at(-1)).toMatchObject({
      kind: 'load',
      value: '/healthz',
      options: { requests: 1000, concurrency: 10, expect: { mean: 0.2, failed: 0 } },
    })
  })

  test.each(['aura-flow', 'easy-erp', 'template'])('%s: who is told, and of what', name => {
    expect(example(name).notify).toEqual([
      { env: 'ALERT_WEBHOOK', secret: undefined, as: undefined, on: ['started', 'rolled-back', 'failed'] },
    ])
  })

  test('aura-flow: a named list of checks keeps its positions, and its host is known in both environments', () => {
    const { rollbacks, environments } = example('aura-flow')
    const { verify } = rollbacks.upstream?.phases ?? { verify: [] }
    expect(verify.map(item => [item.kind, item.severity, item.position.line])).toEqual([
      ['http', 'fail', 22],
      ['run', 'fail', 23],
      ['http', 'warn', 25],
      ['load', 'fail', 27],
    ])
    expect(environments.staging?.drills).toBe(true)
    expect(environments.production?.drills).toBe(false)
  })

  test('aura-flow: its monthly drill can be run as it stands, in staging alone', () => {
    const { scenes } = chooseDrill(example('aura-flow'), { environment: 'staging' })
    expect(scenes.map(({ scenario, rollback }) => [rollback.name, rollback.rto, scenario.target])).toEqual([
      ['image', 300, 'v1.0.0'],
      ['nginx', 120, 'previous'],
      ['upstream', 60, 'api_v1'],
      ['database', 600, 'previous'],
    ])
    expect(scenes.map(({ breaking }) => breaking !== undefined)).toEqual([false, true, true, false])
    expect(() => chooseDrill(example('aura-flow'), { environment: 'production' })).toThrow(
      'does not say drills: true',
    )
  })

  test('aura-flow: full is made of three, loses data as one of them does, and reloads nginx once', () => {
    const full = example('aura-flow').rollbacks.full
    expect(full).toMatchObject({ rto: 900, dataLoss: true, include: ['image', 'database', 'upstream'] })
    expect(full?.phases.switch.map(item => item.kind)).toEqual(['images', 'restore_database', 'symlink'])
    expect(full?.phases.start.map(item => item.kind)).toEqual(['nginx'])
    expect(full?.phases.verify).toHaveLength(4)
  })

  test('ssalgten: an alias (*env) stands for the list at its anchor', () => {
    const { backup, switch: change } = example('ssalgten').rollbacks.config?.phases ?? {}
    expect(backup?.[0]).toMatchObject({
      kind: 'files',
      value: ['.env', 'backend/.env', 'frontend/.env', 'agent/.env'],
      in: '/opt/ssalgten',
    })
    expect(change?.[0]?.value).toMatchObject({ files: backup?.[0]?.value })
  })
})
