import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileProgram, type Program } from '../../src/engine/compile.ts'
import type { HostPlan, Step } from '../../src/engine/plan.ts'
import { KINDS } from '../../src/kind/table.ts'
import { killProcessesWith, processesWith } from '../support/processes.ts'

/** A host's folders in a temporary place: releases 1 to 3, `current` on 3, and a home for the state folder. */
export interface Site {
  readonly root: string
  readonly home: string
  /** The state folder; made by the first run. */
  readonly state: string
  /** What `current` says. */
  live(): string
  /** What was served at each start of the service, one after the other. */
  starts(): string
  /** Text of the lock; undefined when nobody holds it. */
  lock(): string | undefined
  /** The events of the ledger, in order. A line that isn't JSON throws. */
  ledger(): readonly string[]
  journal(run?: string): string
  /** Ids of living processes that were started for this host. */
  processes(): readonly number[]
  [Symbol.dispose](): void
}

export const RUN = '20261120T141058Z-aaaaaa'

export function makeSite(name = 'rollbook-engine-', folder = tmpdir()): Site {
  const root = realpathSync(mkdtempSync(join(folder, name)))
  const home = join(root, 'home')
  const state = join(home, '.rollbook/shop/production')
  mkdirSync(home)
  for (const release of ['1', '2', '3']) {
    mkdirSync(join(root, 'releases', release, 'public'), { recursive: true })
    writeFileSync(join(root, 'releases', release, 'public/version'), release)
  }
  symlinkSync('releases/3', join(root, 'current'))
  // A home of its own is in the environment of every process that works for a host.
  const ofHost = `HOME=${home}`
  return {
    root,
    home,
    state,
    live: () => readlinkSync(join(root, 'current')),
    starts: () => readIfThere(join(root, 'starts')),
    lock: () =>
      existsSync(state) && readdirSync(state).includes('lock')
        ? readlinkSync(join(state, 'lock'))
        : undefined,
    ledger: () =>
      readIfThere(join(state, 'ledger.jsonl'))
        .split('\n')
        .slice(0, -1)
        .map(line => String((JSON.parse(line) as { event: unknown }).event)),
    journal: (run = RUN) => readIfThere(join(state, 'runs', run, 'journal')),
    processes: () => processesWith(ofHost),
    [Symbol.dispose]() {
      killProcessesWith(ofHost)
      rmSync(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const readIfThere = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')

const position = { file: 'test', line: 1, column: 1 }

/** A step with everything that a plan needs and a test does not care about. */
export function step(
  number: number,
  kind: string,
  phase: Step['phase'],
  data: Record<string, string>,
  rest: Partial<Step> = {},
): Step {
  return {
    number,
    kind,
    phase,
    title: kind,
    data,
    timeout: 10,
    severity: 'fail',
    secrets: [],
    inner: false,
    position,
    ...rest,
  }
}

/** A script of the runbook's author as a step. */
export const script = (number: number, phase: Step['phase'], text: string, rest: Partial<Step> = {}): Step =>
  step(number, 'run', phase, { script: text, undo: '', attempts: '1', consecutive: '1', every: '-' }, rest)

export const flip = (site: Site, data: Record<string, string> = {}): Step =>
  step(1, 'symlink', 'switch', {
    link: join(site.root, 'current'),
    before: 'releases/3',
    after: 'releases/2',
    folder: join(site.root, 'releases'),
    lacking: '',
    deploying: '',
    ...data,
  })

/** Starting the service leaves a trace of what it found live. */
export const start = (site: Site): Step =>
  script(2, 'start', 'cat current/public/version >>starts', { in: site.root })

/** A run from 3 to 2: the switch, and the start of the service. */
export function planFor(site: Site, rest: Partial<HostPlan> = {}): HostPlan {
  const run = rest.run ?? RUN
  return {
    host: 'web',
    stateFolder: join(site.home, '.rollbook/shop/production'),
    run,
    app: 'shop',
    environment: 'production',
    rollback: 'release',
    from: '3',
    to: '2',
    reason: 'checkout answers 500',
    url: '',
    hosts: 1,
    onLostContact: 'decide',
    silence: 60,
    ledger: {
      committed: [`"event":"rolled-back","release":"2","from":"3","run":"${run}"}`],
      kept: [`"event":"kept","release":"2","from":"3","run":"${run}"}`],
      undone: [`"event":"undone","release":"3","from":"2","run":"${run}"}`],
    },
    steps: [flip(site), start(site)],
    ...rest,
  }
}

export function compile(plan: HostPlan): Program {
  return compileProgram(plan, name => {
    const shell = KINDS.find(kind => kind.name === name)?.onHost?.shell
    if (!shell) throw new Error(`${name} has no functions for a host`)
    return shell
  })
}

/** A program that was changed for a test, so that it still passes for whole. */
export const seal = (text: string): Program => ({
  text,
  bytes: Buffer.byteLength(text),
  sha256: createHash('sha256').update(text).digest('hex'),
})
