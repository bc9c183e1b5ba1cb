import { readFileSync } from 'node:fs'
import { docker } from './docker.ts'

const OWNER = 'rollbook-test'
const FLEET = 'rollbook-test.fleet'

/** When the process started, in ticks since boot: a number that its successor with the same pid does not have. */
const startOf = (pid: string): string | undefined => {
  try {
    // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, from the third field on.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const isZombie = fields[0] === 'Z'
    return isZombie ? undefined : fields[19]
  } catch {
    return undefined
  }
}

const isAlive = (owner: string): boolean => {
  const [pid = '', start] = owner.split('.')
  return start !== undefined && startOf(pid) === start
}

const remove = async (ids: readonly string[]): Promise<void> => {
  if (ids.length > 0) await docker('rm', '--force', '--volumes', ...ids)
}

/** Labels for a container of this process, so that its fleet can be removed and its leavings be told from a living run's. */
export const labelsOf = (fleet: string): readonly string[] => [
  `${OWNER}=${process.pid}.${startOf(String(process.pid))}`,
  `${FLEET}=${fleet}`,
]

/** Removes every container of a fleet, running or not. */
export const removeFleet = async (fleet: string): Promise<void> => {
  const ids = await docker('ps', '--all', '--quiet', '--filter', `label=${FLEET}=${fleet}`)
  await remove(ids.split('\n').filter(Boolean))
}

/** Removes what the tests of killed processes left behind, and nothing else. */
export const sweep = async (): Promise<void> => {
  const format = `{{.ID}} {{.Label "${OWNER}"}}`
  const rows = await docker('ps', '--all', '--filter', `label=${OWNER}`, '--format', format)
  const dead = rows.split('\n').flatMap(row => {
    const [id, owner] = row.split(' ')
    return id && owner && !isAlive(owner) ? [id] : []
  })
  await remove(dead)
}
