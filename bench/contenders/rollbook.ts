import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { runAction } from '../../test/support/runner.ts'
import { DEMO, USER } from '../user.ts'
import type { Contender } from './contender.ts'

const ACTION = resolve(import.meta.dirname, '../..')

/**
 * The bundle, with inputs, files and environment as GitHub's runner gives them. The clock stops when `main` exits, which
 * is what a person waits for; `post` comes when the job ends.
 */
export const rollbook: Contender = {
  name: 'Rollbook',
  says: 'the bundle in dist/, one connection per host, in parallel',
  takesTarget: true,
  goesBack: true,
  async prepare({ hosts, port, access }) {
    const inputs = {
      hosts: hosts.map(({ name, address }) => `${name}=${USER}@${address}:${port}`).join('\n'),
      path: DEMO,
      'known-hosts': readFileSync(access.knownHostsFile, 'utf8'),
      'ssh-private-key': readFileSync(access.keyFile, 'utf8'),
    }
    return async ({ target, kill } = {}) => {
      const { main, post, log } = await runAction({
        action: ACTION,
        inputs: { ...inputs, ...(target !== undefined && { target }) },
        node: process.execPath,
        ...(kill && { when: kill.then(() => 'SIGKILL' as const), runnerDies: true }),
      })
      return {
        milliseconds: main.milliseconds,
        exitCode: main.exitCode,
        output: log.join('\n'),
        ...(post !== undefined && { post: post.milliseconds }),
      }
    }
  },
}
