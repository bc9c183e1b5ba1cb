import { existsSync } from 'node:fs'

/**
 * The folder of this machine that a container's systemd gets as its `/sys/fs/cgroup`: with cgroup v2 alone the
 * folder itself, on a machine that still has v1 the v2 tree beside it (https://systemd.io/CONTAINER_INTERFACE/).
 */
export const cgroupFolder = (exists: (path: string) => boolean = existsSync): string => {
  const folders = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified']
  const found = folders.find(folder => exists(`${folder}/cgroup.controllers`))
  if (!found)
    throw new Error(`systemd needs cgroup v2, and this machine has it at none of: ${folders.join(', ')}`)
  return found
}
