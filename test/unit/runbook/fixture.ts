import { readFileSync } from 'node:fs'
import { loadRunbook } from '../../../src/runbook/load.ts'
import { RunbookInvalid } from '../../../src/runbook/problem.ts'
import type { Runbook } from '../../../src/runbook/runbook.ts'

export const FILE = '.github/rollbook.yml'

/** One of the five complete runbooks of examples/runbooks. */
export const example = (name: string): Runbook =>
  loadRunbook(
    readFileSync(new URL(`../../../examples/runbooks/${name}.yml`, import.meta.url), 'utf8'),
    `${name}.yml`,
  )

/** The smallest runbook that loads; `rollback` and `top` are further lines of the rollback and of the top level. */
export const runbook = (rollback = '', top = ''): string =>
  [
    'app: shop',
    'environments:',
    '  production:',
    '    url: https://shop.example.com',
    '    hosts: { web-1: deploy@web-1.example.com, web-2: deploy@web-2.example.com }',
    'rollbacks:',
    '  release:',
    '    switch:',
    '      - symlink: { path: /var/www/shop }',
    ...rollback.split('\n').map(line => `    ${line}`),
    top,
  ].join('\n')

export const load = (text: string): Runbook => loadRunbook(text, FILE)

/** The refusal of a runbook that must not load. */
export function refusal(text: string): RunbookInvalid {
  try {
    load(text)
  } catch (error) {
    if (error instanceof RunbookInvalid) return error
    throw error
  }
  throw new Error('the runbook loads')
}
