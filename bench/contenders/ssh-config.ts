import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { USER } from '../user.ts'
import type { Route } from './contender.ts'

/** Configuration for the system's ssh: the same key and the same check of host keys as everybody else. @returns its path */
export function sshConfig({ access, port }: Route): string {
  const file = join(access.folder, `ssh_config_${port}`)
  writeFileSync(
    file,
    `User ${USER}
Port ${port}
IdentityFile ${access.keyFile}
IdentitiesOnly yes
UserKnownHostsFile ${access.knownHostsFile}
StrictHostKeyChecking yes
PreferredAuthentications publickey
BatchMode yes
`,
  )
  return file
}
