import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { localOpener } from '../../../src/host/local.ts'
import { type Means, operate, settingFor } from '../../../src/operation/operate.ts'
import type { KeptPlan } from '../../../src/operation/plan.ts'
import type { RunReport } from '../../../src/outcome.ts'
import { plainLog } from '../../../src/report/log.ts'
import { Masker } from '../../../src/report/mask.ts'
import type { Request } from '../../../src/request/request.ts'
import { requestFrom } from '../../../src/request/validate.ts'
import { openChronicle } from '../../../src/rollback/open-chronicle.ts'
import type { Stage } from '../../../src/rollback/setting.ts'
import { loadRunbook } from '../../../src/runbook/load.ts'
import { makeFolder } from '../../support/folder.ts'
import { makeSite, type Site, type SiteOptions } from '../../support/site.ts'

type Keys = Readonly<Record<string, unknown>>

/** One host, which is this machine, with its state in a folder of its own. */
export interface Bench extends AsyncDisposable {
  readonly site: Site
  readonly state: string
  readonly stages: readonly Stage[]
  readonly learned: readonly string[]
  readonly plans: readonly KeptPlan[]
  /** Lines of the ledger, oldest first. */
  ledger(): Promise<readonly Keys[]>
  /** Does what the inputs ask for, as the action would. @throws what is refused before any host is looked at. */
  ask(inputs?: Readonly<Record<string, string>>, means?: Partial<Means>): Promise<RunReport>
}

export interface BenchOptions {
  readonly site?: SiteOptions
  readonly rollback?: Keys
  /** Others beside it. */
  readonly rollbacks?: Keys
  readonly environment?: Keys
  readonly databases?: Keys
  /** More keys of the top level. */
  readonly top?: Keys
}

/** The inputs of a request whose runbook is not read from anywhere. */
export const requestOf = (inputs: Readonly<Record<string, string>> = {}): Request => requestFrom(inputs)

const SITE = { releases: ['1', '2', '3'], live: '3' }
/** Letters that make the name of each run its own. */
let runs = 0

export const makeBench = async ({
  site: made = SITE,
  rollback,
  rollbacks,
  environment,
  databases,
  top,
}: BenchOptions = {}): Promise<Bench> => {
  const site = await makeSite(made)
  const folder = await makeFolder('state')
  const state = join(folder.path, 'shop')
  const stages: Stage[] = []
  const learned: string[] = []
  const plans: KeptPlan[] = []
  const runbook = loadRunbook(
    JSON.stringify({
      app: 'shop',
      state,
      environments: { production: { url: site.url, hosts: { here: 'local' }, ...environment } },
      ...(databases && { databases }),
      ...top,
      rollbacks: { release: { switch: [{ symlink: { path: site.path } }], ...rollback }, ...rollbacks },
    }),
    'rollbook.yml',
  )
  const means: Means = {
    open: localOpener(),
    log: plainLog({ write() {} }, new Masker()),
    cancelled: new AbortController().signal,
    actor: 'mei',
    workflowRun: '',
    commit: '',
    variables: {},
    learn: (_, value) => void learned.push(value),
    remember: stage => void stages.push(stage),
    mask: text => text,
    keepPlan: plan => void plans.push(plan),
  }
  return {
    site,
    state,
    stages,
    learned,
    plans,
    async ledger() {
      const text = await readFile(join(state, 'ledger.jsonl'), 'utf8').catch(() => '')
      return text
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line))
    },
    async ask(inputs = {}, more = {}) {
      const request = requestOf(inputs)
      const given = { ...means, ...more }
      const setting = settingFor(request, runbook, given, (runs++).toString(16).padStart(6, '0'))
      return await operate(request, setting, openChronicle(setting), given)
    },
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}
