import type { FindListeners, Surroundings } from '../../../src/operation/listener.ts'
import type { RunReport } from '../../../src/outcome.ts'
import type { Told } from '../../../src/report/told.ts'
import type { Request } from '../../../src/request/request.ts'
import type { Setting } from '../../../src/rollback/setting.ts'
import type { Audit } from '../../../src/runbook/audit.ts'
import type { FakeApi } from '../../support/github-api.ts'
import { host, report } from '../../support/reports.ts'

export const OLD = '1111111111111111111111111111111111111111'
export const LIVE = '2222222222222222222222222222222222222222'
export const TOKEN = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz'

/** A run from 42 to 41 whose releases name their commits. */
export const runFrom42 = (more: Partial<RunReport> = {}): RunReport =>
  report({ hosts: [host('web-1', { fromCommit: LIVE, toCommit: OLD })], ...more })

export interface Job {
  readonly audit?: Audit
  readonly operation?: string
  readonly variables?: Readonly<Record<string, string | undefined>>
  /** Settles when the run is to end; it ends at once when this is not given. */
  readonly lasting?: () => Promise<void>
}

/** What came of telling it. */
export interface Heard {
  readonly told: readonly Told[]
  readonly notices: readonly string[]
  /** What the step after this one gets to know. */
  readonly kept: Readonly<Record<string, string>>
  readonly error?: unknown
}

export const variablesOf = ({ url }: Pick<FakeApi, 'url'>, more: Job['variables'] = {}) => ({
  GITHUB_ACTIONS: 'true',
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_API_URL: url,
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_RUN_ID: '17',
  ...more,
})

/** Tells those that `find` finds that a run began and how it ended, as a job would. */
export const tell = async (
  find: FindListeners,
  api: Pick<FakeApi, 'url'>,
  run: RunReport,
  { audit, operation = 'rollback', variables, lasting }: Job = {},
  began = true,
): Promise<Heard> => {
  const notices: string[] = []
  const kept: Record<string, string> = {}
  const surroundings: Surroundings = {
    variables: variablesOf(api, variables),
    learn() {},
    notice: text => void notices.push(text),
    keep(name, value) {
      kept[name] = value
    },
  }
  const setting = {
    operation,
    runbook: { audit },
    environment: { name: run.environment, url: 'https://shop.example.com' },
  } as unknown as Setting
  const told: Told[] = []
  try {
    for (const each of find(setting, { token: TOKEN } as Request, surroundings)) {
      if (began) await each.began(run)
      await lasting?.()
      told.push(...(await each.ended(run)))
    }
    return { told, notices, kept }
  } catch (error) {
    return { told, notices, kept, error }
  }
}
