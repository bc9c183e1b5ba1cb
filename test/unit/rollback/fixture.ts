import { KINDS } from '../../../src/kind/table.ts'
import type { HostFacts, SymlinkFacts } from '../../../src/release/facts.ts'
import { plainLog } from '../../../src/report/log.ts'
import { Masker } from '../../../src/report/mask.ts'
import type { Chronicle } from '../../../src/rollback/chronicle.ts'
import { openChronicle } from '../../../src/rollback/open-chronicle.ts'
import type { Setting } from '../../../src/rollback/setting.ts'
import { chooseEnvironment } from '../../../src/runbook/choose.ts'
import type { Rollback, Runbook } from '../../../src/runbook/runbook.ts'
import { load } from '../runbook/fixture.ts'

export const kindOf = (name: string) => KINDS.find(kind => kind.name === name)

/** A runbook whose one rollback has these phases, as JSON, on these hosts. */
export const runbookOf = (
  phases: Readonly<Record<string, unknown>>,
  hosts: Readonly<Record<string, string>> = {
    'web-1': 'deploy@web-1.example.com',
    'web-2': 'deploy@web-2.example.com',
  },
  environment: Readonly<Record<string, unknown>> = {},
): Runbook =>
  load(
    JSON.stringify(
      {
        app: 'shop',
        environments: { production: { url: 'https://shop.example.com', hosts, ...environment } },
        rollbacks: { release: { switch: [{ symlink: { path: '/srv/app' } }], ...phases } },
      },
      null,
      1,
    ),
  )

/** The setting of a run of the first rollback, for a runner that has no way to any host. */
export const settingOf = (runbook: Runbook, more: Partial<Setting> = {}): Setting => {
  const rollback: Rollback | undefined = Object.values(runbook.rollbacks)[0]
  if (!rollback) throw new Error('a runbook without a rollback')
  return {
    operation: 'rollback',
    run: '20261120T141058Z-3f9a2c',
    runbook,
    environment: chooseEnvironment(runbook, undefined),
    rollback,
    target: 'previous',
    reason: '',
    confirm: undefined,
    actor: 'mei',
    workflowRun: '',
    open: () => Promise.reject(new Error('nobody is called here')),
    secrets: new Map(),
    log: plainLog({ write() {} }, new Masker()),
    cancelled: new AbortController().signal,
    remember() {},
    ...more,
  }
}

/** What a healthy host says of itself. */
export const factsOf = (host: string, symlink?: SymlinkFacts, more: Partial<HostFacts> = {}): HostFacts => ({
  host,
  hostname: host,
  user: 'deploy',
  uid: 1000,
  system: 'Linux 6.1.0',
  bootId: '00000000-0000-0000-0000-000000000000',
  time: 1_795_000_000,
  stateFolder: '/home/deploy/.rollbook/shop/production',
  stateProblem: undefined,
  tools: {},
  lock: undefined,
  ledger: [],
  runs: [],
  symlinks: symlink ? [symlink] : [],
  answers: [],
  ignored: 0,
  ...more,
})

export const chronicleOf = (setting: Setting): Chronicle => openChronicle(setting)
