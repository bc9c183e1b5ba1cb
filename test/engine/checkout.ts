import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { HostPlan, Step } from '../../src/engine/plan.ts'
import { compile, planFor, type Site, step } from './site.ts'
import { record, type Talk } from './talk.ts'

/** A checkout on `main` with three commits: each changes `version`; the second brings a file of its own along. */
export interface Checkout {
  readonly path: string
  /** Oldest first. */
  readonly commits: readonly [string, string, string]
  git(...words: string[]): string
  version(): string
}

export function makeCheckout(site: Site): Checkout {
  const path = join(site.root, 'checkout')
  mkdirSync(path)
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', path, ...words], {
      encoding: 'utf8',
      // The settings of whoever runs the tests are not those of a host.
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  git('init', '--quiet', '--initial-branch=main')
  git('config', 'user.name', 'Mei')
  git('config', 'user.email', 'mei@example.com')
  const commit = (version: string) => {
    writeFileSync(join(path, 'version'), `${version}\n`)
    if (version === '2') writeFileSync(join(path, 'only-in-2'), 'here\n')
    if (version === '3') git('rm', '--quiet', 'only-in-2')
    git('add', '--all')
    git('commit', '--quiet', '--message', `version ${version}`)
    return git('rev-parse', 'HEAD')
  }
  const commits = [commit('1'), commit('2'), commit('3')] as const
  return { path, commits, git, version: () => readFileSync(join(path, 'version'), 'utf8').trim() }
}

/** The switch from the third commit to the second. */
export const move = ({ path, commits }: Checkout, data: Record<string, string> = {}): Step =>
  step(1, 'git', 'switch', {
    path,
    before: commits[2],
    after: commits[1],
    branch: 'main',
    move: 'checkout',
    stash: '',
    ...data,
  })

export const planOf = (
  site: Site,
  checkout: Checkout,
  data: Record<string, string> = {},
  more: readonly Step[] = [],
): HostPlan => planFor(site, { steps: [move(checkout, data), ...more] })

/** What a run that is refused before it changes anything has printed. */
export async function refusedWith(talk: Talk, plan: HostPlan): Promise<string> {
  const tape = record()
  await talk.session.start(plan.run, compile(plan), tape)
  expect(await tape.outcome()).toBe('refused')
  return tape.printed.join('\n')
}
