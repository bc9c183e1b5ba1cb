import { execFileSync, spawnSync } from 'node:child_process'

/** Who deploys, and where to, on every host. */
export const USER = 'deploy'
export const DEMO = '/srv/demo'

/** The user as this machine knows it. */
export interface Account {
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** The account of `USER`; made when there is none, and then left in place. */
export function deployAccount(): Account {
  if (spawnSync('id', [USER]).status !== 0) execFileSync('useradd', ['-m', '-s', '/bin/bash', USER])
  const [, , uid, gid, , home] = execFileSync('getent', ['passwd', USER], { encoding: 'utf8' }).split(':')
  if (home === undefined) throw new Error(`there is no user ${USER}`)
  return { uid: Number(uid), gid: Number(gid), home }
}
