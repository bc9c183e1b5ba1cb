import type {
  BackupReport,
  CheckReport,
  HostReport,
  RunReport,
  StatusReport,
  StepReport,
} from '../../src/outcome.ts'

/** A rollback of two hosts from 42 to 41 that went well; every story changes what it is about. */
export function report(
  overrides: Partial<RunReport> = {},
  left: readonly ('title' | 'rto' | 'rtoMet' | 'hold')[] = [],
): RunReport {
  const full: { -readonly [Key in keyof RunReport]: RunReport[Key] } = {
    schema: 1,
    operation: 'rollback',
    outcome: 'rolled-back',
    run: '20261120T141055Z-8d1f',
    app: 'fap-api',
    environment: 'production',
    rollback: 'release',
    title: 'Application release',
    target: 'previous',
    reason: 'checkout answers 500 since 14:02',
    actor: 'mei',
    workflowRun: '/acme/shop/actions/runs/17',
    started: '2026-11-20T14:10:55.112Z',
    duration: 8.412,
    rto: 300,
    rtoMet: true,
    from: '42',
    to: '41',
    hosts: [host('web-1'), host('web-2', { switchedAt: '2026-11-20T14:11:03.415Z' })],
    phases: [
      { name: 'connect, probe', from: 0, to: 310 },
      { name: 'backup main (41 MB)', from: 310, to: 5900 },
      { name: 'switch', from: 5900, to: 5912, critical: true },
      { name: 'reload, artisan', from: 5912, to: 7700 },
      { name: 'checks', from: 7700, to: 8350 },
    ],
    steps: ['web-1', 'web-2'].flatMap(stepsOf),
    checks: [
      check('GET /api/v0.3/boot', { proof: 'version' }),
      check('GET /healthz or GET /api/healthz'),
      ...['web-1', 'web-2'].flatMap(from => [
        check('php8.4-fpm is active', { from }),
        check('no worker still runs 42', { from }),
      ]),
    ],
    backups: [backup()],
    preflight: [
      '`web-1` and `web-2` serve 42 and were on 41 before (ledger, 2026-11-19 18:20 UTC).',
      'Free on `/var/www/fap-api`: 31.0 GB and 30.8 GB.',
      'No lock, no deploy under way.',
    ],
    warnings: [],
    diagnosis: [],
    hold: { release: '42', commit: '9f2c1e7aa01b4f6f8a4f1f0fd1a7a6f0d7c55a10' },
    undo: ['web-1', 'web-2'].map(name => ({ host: name, command: undoCommand })),
    followUp: [
      { text: 'Tell the channel that 41 is live again.', done: false },
      { text: 'Backup made and read back.', done: true },
    ],
    ...overrides,
  }
  for (const field of left) delete full[field]
  return full
}

export const undoCommand = '~/.rollbook/fap-api/production/runs/20261120T141055Z-8d1f/rollbook undo'

export function host(
  name: string,
  overrides: Partial<HostReport> = {},
  left: readonly ('liveCommit' | 'switchedAt')[] = [],
): HostReport {
  const full: { -readonly [Key in keyof HostReport]: HostReport[Key] } = {
    name,
    from: '42',
    fromCommit: '9f2c1e7aa01b4f6f8a4f1f0fd1a7a6f0d7c55a10',
    to: '41',
    toCommit: 'c07a44b0e1d94a3e9ad3f6e2b3b3c0b5a6a5b2c1',
    live: '41',
    liveCommit: 'c07a44b0e1d94a3e9ad3f6e2b3b3c0b5a6a5b2c1',
    state: 'switched',
    switchedAt: '2026-11-20T14:11:03.412Z',
    ...overrides,
  }
  for (const field of left) delete full[field]
  return full
}

/** The same host when it is back on 42. */
export const restoredHost = (name: string, overrides: Partial<HostReport> = {}): HostReport =>
  host(name, {
    live: '42',
    liveCommit: '9f2c1e7aa01b4f6f8a4f1f0fd1a7a6f0d7c55a10',
    state: 'restored',
    ...overrides,
  })

export function check(title: string, overrides: Partial<CheckReport> = {}): CheckReport {
  return {
    title,
    from: 'runner',
    status: 'passed',
    before: 'failed',
    attempts: 1,
    seconds: 0.084,
    detail: '200 OK',
    proof: 'weak',
    ...overrides,
  }
}

export function step(overrides: Partial<StepReport> = {}): StepReport {
  return {
    host: 'web-1',
    number: 1,
    phase: 'switch',
    action: 'do',
    title: 'point `current` at 41',
    status: 'passed',
    from: 5900,
    to: 5912,
    output: [],
    ...overrides,
  }
}

export function backup(overrides: Partial<BackupReport> = {}): BackupReport {
  return {
    host: 'web-1',
    kind: 'database main',
    path: '/var/backups/fap-api/main-20261120T141058Z.sql.zst',
    sha256: '5e1f0b8c6c0a4c3f9d0f4f8d7f3c9d1a2b3c4d5e6f708192a3b4c5d6e7f80910',
    bytes: 41_200_000,
    verified: true,
    level: 'readback',
    ...overrides,
  }
}

/** The steps of one host, all passed. */
export const stepsOf = (name: string): StepReport[] => [
  step({ host: name, number: 1, phase: 'backup', title: 'dump main', from: 310, to: 5900 }),
  step({ host: name, number: 2 }),
  step({ host: name, number: 3, phase: 'start', title: 'reload php8.4-fpm and nginx', from: 5912, to: 6420 }),
  step({ host: name, number: 4, phase: 'start', title: 'php artisan optimize:clear', from: 6420, to: 7700 }),
]

/** The same host when nothing was done to it. */
export const untouched = (name: string, to = '41'): HostReport =>
  host(name, { to, live: '42', liveCommit: '9f2c1e7aa01b4f6f8a4f1f0fd1a7a6f0d7c55a10', state: 'untouched' }, [
    'switchedAt',
  ])

/** A host on 41 that nothing is wrong with, as `status` finds it. */
export const statusOf = (host: string, overrides: Partial<StatusReport> = {}): StatusReport => ({
  host,
  stateFolder: '/home/deploy/.rollbook/fap-api/production',
  holds: [],
  runs: [],
  links: [
    {
      path: '/var/www/fap-api',
      live: '41',
      freeBytes: 31 * 1024 ** 3,
      releases: [
        { name: '43', standing: 'half-made', why: 'has no REVISION, and other releases have one' },
        { name: '42', commit: '9f2c1e7aa01b', standing: 'bad', why: 'was left by a rollback (mei)' },
        { name: '41', commit: 'c07a44b0e1d9', standing: 'live' },
        { name: '40', standing: 'good' },
        { name: '39', standing: 'usable' },
      ],
    },
  ],
  ...overrides,
})

export const holdOf42 = {
  release: '42',
  commit: '9f2c1e7aa01b',
  reason: 'checkout answers 500',
  run: '20261120T141055Z-8d1f',
  since: '2026-11-20T14:11:03.000Z',
} as const

export const runOf = (ended: string): StatusReport['runs'][number] => ({
  run: '20261120T141055Z-8d1f',
  direction: 'forward',
  from: '42',
  to: '41',
  ended,
})
