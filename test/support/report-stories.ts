import type { RunReport } from '../../src/outcome.ts'
import {
  backup,
  check,
  holdOf42,
  host,
  report,
  restoredHost,
  runOf,
  statusOf,
  step,
  stepsOf,
  undoCommand,
  untouched,
} from './reports.ts'

/** One report for every way in which a rollback ends, as a person on call would meet it. */
export const stories = {
  rolledBack: report(),

  oneHost: report({
    app: 'shop',
    hosts: [host('web-1')],
    checks: [check('GET /')],
    backups: [],
    duration: 0.874,
    rto: 60,
    phases: [
      { name: 'connect, probe', from: 0, to: 240 },
      { name: 'switch', from: 240, to: 252, critical: true },
      { name: 'reload nginx', from: 252, to: 420 },
      { name: 'checks', from: 420, to: 860 },
    ],
    steps: [step({ from: 240, to: 252 })],
    undo: [{ host: 'web-1', command: undoCommand }],
    followUp: [],
  }),

  fiftyHosts: report({
    app: 'shop',
    hosts: Array.from({ length: 50 }, (_, at) =>
      at === 17
        ? host('web-18', {
            state: 'unconfirmed',
            message: 'The runner was not heard for 300 s; its own checks passed.',
          })
        : host(`web-${at + 1}`, { switchedAt: `2026-11-20T14:11:03.${412 + at}Z` }),
    ),
    checks: Array.from({ length: 50 }, (_, at) => check('nginx is active', { from: `web-${at + 1}` })),
    undo: Array.from({ length: 50 }, (_, at) => ({ host: `web-${at + 1}`, command: undoCommand })),
    steps: Array.from({ length: 50 }, (_, at) => stepsOf(`web-${at + 1}`)).flat(),
    backups: Array.from({ length: 8 }, (_, at) =>
      backup({ host: `web-${at + 1}`, kind: 'files shared/storage' }),
    ),
    duration: 96.2,
    rto: 60,
    rtoMet: false,
    phases: [
      { name: 'connect, probe', from: 0, to: 2310 },
      { name: 'backup', from: 2310, to: 81_900 },
      { name: 'switch', from: 81_900, to: 82_012, critical: true },
      { name: 'reload', from: 82_012, to: 87_700 },
      { name: 'checks', from: 87_700, to: 96_150 },
    ],
  }),

  refused: report(
    {
      outcome: 'refused',
      duration: 1.2,
      hosts: ['web-1', 'web-2'].map(name => untouched(name)),
      phases: [{ name: 'connect, probe', from: 0, to: 1150 }],
      steps: [],
      checks: [],
      backups: [],
      undo: [],
      failure: {
        code: 'RB-MIGRATIONS',
        message: 'Release 41 does not know 2 migrations that the database `main` has applied.',
        remedy: [
          'Run again with `confirm` set to `run anyway: 2 migrations` if you know that 41 works with these columns.',
          'Go to a release that knows them: `target: 43`.',
        ],
        table: {
          head: ['migration', 'does'],
          rows: [
            [
              '`2026_11_19_090000_split_orders`',
              'drops column `orders.customer_name`, creates `order_customers`',
            ],
            ['`2026_11_19_101500_add_order_channel`', 'adds column `orders.channel`'],
          ],
        },
      },
      followUp: [],
    },
    ['hold'],
  ),

  refusedEarly: report(
    {
      outcome: 'refused',
      duration: 0.09,
      rollback: '',
      hosts: [],
      from: '',
      to: '',
      phases: [],
      steps: [],
      checks: [],
      backups: [],
      preflight: [],
      undo: [],
      failure: {
        code: 'RB-RUNBOOK',
        message: '`.github/rollbook.yml` line 14, column 7: unknown key `realease`, did you mean `release`?',
        remedy: ['Correct the key and run it again.'],
      },
      followUp: [],
    },
    ['hold'],
  ),

  restored: report(
    {
      outcome: 'restored',
      duration: 41.7,
      hosts: ['web-1', 'web-2'].map(name => restoredHost(name)),
      phases: [
        { name: 'connect, probe', from: 0, to: 310 },
        { name: 'backup main (41 MB)', from: 310, to: 5900 },
        { name: 'switch', from: 5900, to: 5912, critical: true },
        { name: 'reload', from: 5912, to: 6100 },
        { name: 'checks', from: 6100, to: 40_100 },
        { name: 'put back', from: 40_100, to: 41_600, critical: true },
      ],
      steps: [
        ...stepsOf('web-1'),
        step({
          number: 5,
          phase: 'verify',
          action: 'check',
          title: 'php8.4-fpm is active',
          status: 'failed',
          from: 6100,
          to: 6300,
          output: [
            '● php8.4-fpm.service - The PHP 8.4 FastCGI Process Manager',
            '   Active: failed (Result: exit-code)',
          ],
        }),
        step({ number: 2, action: 'undo', title: 'point `current` back at 42', from: 40_100, to: 40_112 }),
      ],
      checks: [
        check('GET /healthz', {
          status: 'failed',
          before: 'passed',
          attempts: 10,
          seconds: 34,
          detail: '503 Service Unavailable, wanted 200',
        }),
        check('GET /api/v0.3/boot'),
        check('GET /api/v0.3/orders', { status: 'not-run', attempts: 0, seconds: 0, detail: '' }),
      ],
      diagnosis: [
        {
          host: 'web-1',
          title: 'the last 200 lines of laravel.log',
          lines: [
            '[2026-11-20 14:11:09] production.ERROR: SQLSTATE[42S22]: Column not found: 1054',
            "  Unknown column 'orders.customer_name' in 'field list'",
          ],
        },
      ],
      failure: {
        code: 'RB-CHECK',
        message: '41 was switched on and did not pass `GET /healthz` (503, 10 tries in 34 s).',
        remedy: ['Run again with `target: 40`.', 'Read the diagnosis below: it was taken while 41 was live.'],
      },
      undo: [],
    },
    ['hold'],
  ),

  needsOperator: report(
    {
      outcome: 'needs-operator',
      duration: 52.4,
      hosts: [
        restoredHost('web-1'),
        host('web-2', {
          state: 'needs-operator',
          message: '`current` is on 41; php8.4-fpm does not start with either release.',
        }),
      ],
      checks: [
        check('GET /healthz', {
          status: 'failed',
          before: 'passed',
          attempts: 10,
          seconds: 34,
          detail: '502 Bad Gateway, wanted 200',
        }),
      ],
      failure: {
        code: 'RB-UNDO',
        message:
          '41 did not pass `GET /healthz`, and taking web-2 back to 42 failed at `reload php8.4-fpm` (exit status 1).',
        remedy: ['Look at why php8.4-fpm does not start on web-2: `journalctl -u php8.4-fpm -n 50`.'],
      },
    },
    ['hold'],
  ),

  unknown: report(
    {
      outcome: 'unknown',
      duration: 64.1,
      hosts: [
        host('web-1', { state: 'switched' }),
        host(
          'web-2',
          {
            state: 'unknown',
            live: '',
            lostContact: { decides: 'by-checks', deadline: '2026-11-20T14:16:03.000Z' },
            message: 'No answer since 14:11:05 UTC, 4 attempts to reconnect.',
          },
          ['liveCommit'],
        ),
      ],
      failure: {
        code: 'RB-CONTACT-LOST',
        message: 'The connection to web-2 was lost after the switch had begun and could not be opened again.',
        remedy: [],
      },
    },
    ['hold'],
  ),

  unchanged: report(
    {
      outcome: 'unchanged',
      target: 'last-good',
      duration: 1.1,
      from: '41',
      hosts: ['web-1', 'web-2'].map(name =>
        host(name, { from: '41', state: 'already-there' }, ['switchedAt']),
      ),
      phases: [
        { name: 'connect, probe', from: 0, to: 310 },
        { name: 'checks', from: 310, to: 1050 },
      ],
      steps: [],
      backups: [],
      undo: [],
      followUp: [],
    },
    ['hold'],
  ),

  undone: report(
    {
      operation: 'undo',
      outcome: 'undone',
      from: '41',
      to: '42',
      hosts: ['web-1', 'web-2'].map(name =>
        host(name, { from: '41', to: '42', live: '42', state: 'switched' }),
      ),
    },
    ['hold'],
  ),

  /** Code and database of one host went back at night, and both are again on their feet. */
  incident: incident(),

  recorded: short({
    operation: 'record',
    outcome: 'recorded',
    to: '42',
    recorded: { state: 'bad', release: '42' },
    preflight: [
      'web-1 and web-2: the ledger has it; 41 is live',
      'No rollback goes back to it by itself, and `guard` refuses its deploy.',
    ],
  }),

  clear: short({
    operation: 'guard',
    outcome: 'clear',
    deploying: 'c07a44b0e1d94a3e9ad3f6e2b3b3c0b5a6a5b2c1',
    preflight: ['web-1 and web-2: no run holds the lock, and nothing is on hold'],
  }),

  unlocked: short({
    operation: 'unlock',
    outcome: 'unlocked',
    preflight: [
      'The lock of run `20261120T101500Z-77aa` on `web-2` was broken; its process is gone and nothing was half done.',
    ],
  }),

  guardRefused: short({
    operation: 'guard',
    outcome: 'refused',
    deploying: '9f2c1e7aa01b4f6f8a4f1f0fd1a7a6f0d7c55a10',
    failure: {
      code: 'RB-ON-HOLD',
      message:
        'Deploys of `9f2c1e7` are on hold since 14:11 UTC: release 42 was rolled back by @mei, "checkout answers 500".',
      remedy: ['Lift the hold with `operation: record`, `state: free`, `target: 42` and a reason.'],
    },
  }),
  planned: planned(),

  plannedUnchanged: report(
    {
      operation: 'plan',
      outcome: 'planned',
      target: 'last-good',
      from: '41',
      planned: [],
      plannedChecks: ['GET /healthz'],
      scripts: [],
      hosts: ['web-1', 'web-2'].map(name => untouched(name, '41')),
      steps: [],
      checks: [],
      backups: [],
      undo: [],
      followUp: [],
    },
    ['hold'],
  ),

  statusFine: status([statusOf('web-1'), statusOf('web-2')]),

  statusHeld: status(
    ['web-1', 'web-2'].map(name => statusOf(name, { holds: [holdOf42], runs: [runOf('committed')] })),
  ),

  statusTrouble: status([
    statusOf('web-1', {
      lock: { run: '20261120T141055Z-8d1f', alive: false },
      runs: [runOf('needs-operator')],
    }),
    statusOf('web-2', { lock: { run: '20261120T143000Z-1a2b', alive: true }, holds: [holdOf42] }),
    statusOf('web-3', {
      links: [
        {
          path: '/var/www/fap-api',
          live: '',
          problem: '/var/www/fap-api/current is a real folder, not a link to a release.',
          releases: [],
        },
      ],
    }),
  ]),

  /** Every host is back, and the release that served before does not serve any more. */
  notWellAgain: report(
    {
      outcome: 'needs-operator',
      hosts: ['web-1', 'web-2'].map(name => restoredHost(name)),
      failure: {
        code: 'RB-BACK-BUT-FAILING',
        message:
          'Release 41 was switched on and did not pass GET /healthz. web-1 and web-2 are back on 42, and 42 does not pass any more what it passed before. The lock is kept, so that nothing is built on this.',
        remedy: [
          'Look at what the releases share: services, data, configuration.',
          'When it is mended, give the lock back with `operation: unlock` and `run-id: 20261120T141058Z-3f9a2c`.',
        ],
      },
      undo: [],
    },
    ['hold'],
  ),

  /** GitHub ended the process before the hosts had come to their end. */
  cutOff: report(
    {
      outcome: 'unknown',
      hosts: ['web-1', 'web-2'].map(name => host(name, { state: 'untouched', live: '42' })),
      failure: {
        code: 'RB-CANCELLED',
        message: 'The run was cancelled, and could not be brought to its end in time.',
        remedy: [],
      },
      undo: [],
    },
    ['hold'],
  ),
} as const

function planned(): RunReport {
  const links = (host: string) =>
    ({
      host,
      number: 51,
      phase: 'switch',
      kind: 'symlink',
      title: 'switch /var/www/fap-api/current',
      data: { link: '/var/www/fap-api/current', before: 'releases/42', after: 'releases/41' },
      undo: 'point /var/www/fap-api/current at releases/42 again',
    }) as const
  const script = (host: string) =>
    ({
      host,
      number: 101,
      phase: 'start',
      kind: 'run',
      title: 'artisan',
      data: { script: 'php artisan optimize:clear\nphp artisan queue:restart\n' },
      undo: 'the same again, on the way back',
    }) as const
  return report(
    {
      operation: 'plan',
      outcome: 'planned',
      planFile: '/home/runner/work/_temp/rollbook/plan.json',
      hosts: ['web-1', 'web-2'].map((name, at) => ({
        ...untouched(name),
        why: '41 was live before 42 (ledger)',
        passedOver: [{ name: '40', why: 'is marked bad (mei: loses orders)' }],
        freeBytes: (30 + at) * 1024 ** 3,
      })),
      planned: [links('web-1'), script('web-1'), links('web-2')],
      plannedChecks: ['GET /healthz'],
      scripts: [{ kind: 'symlink', text: 'symlink_do() { flip "$arg_before" "$arg_after"; }\n' }],
      steps: [],
      checks: [],
      backups: [],
      undo: [],
      followUp: [],
    },
    ['hold'],
  )
}

function incident(): RunReport {
  const took = { host: 'app', number: 11, phase: 'stop', from: 2600, to: 4200 } as const
  return report({
    app: 'ssalgten',
    rollback: 'emergency',
    title: 'Everything, in one go',
    reason: 'checkout answers 500 since the deploy of 14:02',
    confirm: 'ssalgten',
    workflowRun: '',
    from: '9f2c1e7aa01b4f6f8a4f1f0fd1a7a6f0d7c55a10',
    to: 'c07a44b0e1d94a3e9ad3f6e2b3b3c0b5a6a5b2c1',
    duration: 52.431,
    hosts: [
      host('app', {
        from: '9f2c1e7aa01b4f6f8a4f1f0fd1a7a6f0d7c55a10',
        to: 'c07a44b0e1d94a3e9ad3f6e2b3b3c0b5a6a5b2c1',
        live: 'c07a44b0e1d94a3e9ad3f6e2b3b3c0b5a6a5b2c1',
        switchedAt: '2026-11-20T14:11:08.412Z',
      }),
    ],
    phases: [
      { name: 'Look', from: 0, to: 310 },
      { name: 'Prepare', from: 310, to: 2600 },
      { name: 'Switch', from: 2600, to: 31_700, critical: true },
      { name: 'Verify', from: 31_700, to: 52_400 },
    ],
    steps: [
      step({
        host: 'app',
        number: 1,
        phase: 'backup',
        title: 'back up main (ssalgten)',
        from: 320,
        to: 2590,
      }),
      step({ ...took, title: 'stop backend, frontend and agent' }),
      step({ host: 'app', number: 21, title: 'move the checkout /opt/ssalgten', from: 4200, to: 4320 }),
      step({ ...took, number: 31, phase: 'start', title: 'build and start', from: 4320, to: 31_690 }),
    ],
    checks: [
      check('GET http://localhost/api/health', { from: 'app', attempts: 3, seconds: 20.2 }),
      check('./scripts/production-test.sh', {
        from: 'app',
        status: 'warned',
        before: 'not-run',
        detail: 'exit status 1',
      }),
    ],
    backups: [
      backup({
        host: 'app',
        kind: 'database',
        path: '/var/backups/ssalgten/ssalgten-production-main-20261120T141055Z-8d1f.dump',
      }),
    ],
    checklist: [
      { what: 'target', said: 'app: `9f2c1e7` → `c07a44b`' },
      { what: 'why', said: 'it is the first parent of what is live' },
      {
        what: 'changes',
        said: '1 commit lies between',
        items: ['9f2c1e7 Split the orders table (lin, 2026-11-20)'],
      },
      {
        what: 'migrations',
        said: 'the target does not know 1 migration that the database has applied',
        items: ['20261119090000_split_orders'],
      },
      { what: 'approvals', said: 'mei asked, in `production`; the phrase `ssalgten` was given' },
    ],
    preflight: [],
    warnings: ['`./scripts/production-test.sh` ended with a warning: exit status 1.'],
    hold: { release: '9f2c1e7aa01b4f6f8a4f1f0fd1a7a6f0d7c55a10', commit: '9f2c1e7aa01b' },
    undo: [
      { host: 'app', command: '~/.rollbook/ssalgten/production/runs/20261120T141055Z-8d1f/rollbook undo' },
    ],
    followUp: [
      { text: '1 of 2 checks pass. Look at what the others say.', done: false },
      { text: '1 backup made and read back.', done: true },
      { text: 'Prepare the fix and deploy it as a new release.', done: false },
      {
        text: 'The tag `rollbook/20261120T141055Z-8d1f` in `/opt/ssalgten` stands on 9f2c1e7, which was left.',
        done: false,
      },
    ],
  })
}

function status(found: NonNullable<RunReport['status']>): RunReport {
  return short({
    operation: 'status',
    outcome: 'reported',
    hosts: found.map(({ host: name }) => untouched(name)),
    status: found,
  })
}

function short(overrides: Partial<RunReport>): RunReport {
  return report(
    {
      from: '',
      to: '',
      duration: 0.6,
      target: '',
      reason: '',
      hosts: ['web-1', 'web-2'].map(name => untouched(name)),
      phases: [],
      steps: [],
      checks: [],
      backups: [],
      preflight: [],
      undo: [],
      rollback: '',
      followUp: [],
      ...overrides,
    },
    ['hold', 'title', 'rto', 'rtoMet'],
  )
}
