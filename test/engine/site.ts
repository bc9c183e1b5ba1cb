import { mkdirSync, mkdtempSync, readlinkSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostPlan, Step } from '../../src/engine/plan.ts'

/** A host's folders in a temporary place: releases 1 to 3, `current` on 3, and a home for the state folder. */
export interface Site {
  readonly root: string
  readonly home: string
  /** What `current` says. */
  live(): string
  [Symbol.dispose](): void
}

export function makeSite(releases: readonly string[] = ['1', '2', '3'], live = '3'): Site {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'rollbook-engine-')))
  const home = join(root, 'home')
  mkdirSync(home)
  for (const release of releases) {
    mkdirSync(join(root, 'releases', release, 'public'), { recursive: true })
    writeFileSync(join(root, 'releases', release, 'public', 'version'), release)
  }
  symlinkSync(`releases/${live}`, join(root, 'current'))
  return {
    root,
    home,
    live: () => readlinkSync(join(root, 'current')),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

const position = { file: 'test', line: 1, column: 1 }

/** A step with everything that a plan needs and a test does not care about. */
export function step(number: number, kind: string, phase: Step['phase'], data: Record<string, string>, rest: Partial<Step> = {}): Step {
  return { number, kind, phase, title: kind, data, timeout: 10, severity: 'fail', secrets: [], inner: false, position, ...rest }
}

/** A run from 3 to 2: the switch, and a start step that leaves a trace. */
export function planFor(site: Site, rest: Partial<HostPlan> = {}): HostPlan {
  return {
    host: 'web',
    run: '20261120T141058Z-aaaaaa',
    app: 'shop',
    environment: 'production',
    rollback: 'release',
    from: '3',
    to: '2',
    reason: 'checkout answers 500',
    url: '',
    hosts: 1,
    onLostContact: 'decide',
    silence: 2,
    ledger: {
      committed: ['"event":"rolled-back","release":"2","from":"3"}'],
      kept: ['"event":"kept","release":"2","from":"3"}'],
      undone: ['"event":"undone","release":"3","from":"2"}'],
    },
    steps: [
      step(1, 'symlink', 'switch', {
        link: join(site.root, 'current'),
        before: 'releases/3',
        after: 'releases/2',
        folder: join(site.root, 'releases'),
        lacking: '',
      }),
      step(2, 'run', 'start', { script: `cat current/public/version >>reloads; echo >>reloads`, undo: '' }, { in: site.root }),
    ],
    ...rest,
  }
}
