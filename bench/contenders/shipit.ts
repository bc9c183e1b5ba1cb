import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { timed } from '../process.ts'
import { DEMO, USER } from '../user.ts'
import type { Contender } from './contender.ts'
import { sshConfig } from './ssh-config.ts'

/**
 * Shipit of npm, in the folder where `install.sh` put it, on the same Node as Rollbook and without `npx` around it.
 * It calls the system's `ssh`, which is told by a wrapper where the known hosts are.
 */
export const shipit = (tools: string): Contender => ({
  name: 'Shipit',
  says: 'Shipit with shipit-deploy, four connections per host, hosts in parallel',
  takesTarget: false,
  goesBack: true,
  async prepare(route) {
    const { hosts, port, access } = route
    const folder = join(access.folder, `shipit_${port}_${hosts.length}`)
    mkdirSync(join(folder, 'bin'), { recursive: true })
    const modules = join(folder, 'node_modules')
    if (!existsSync(modules)) symlinkSync(join(tools, 'node_modules'), modules)
    const servers = hosts.map(({ address }) => `${USER}@${address}:${port}`)
    writeFileSync(
      join(folder, 'shipitfile.js'),
      `module.exports = shipit => {
  require('shipit-deploy')(shipit)
  shipit.initConfig({
    default: { deployTo: '${DEMO}', repositoryUrl: '/none', keepReleases: 5, key: '${access.keyFile}' },
    production: { servers: ${JSON.stringify(servers)} },
  })
}
`,
    )
    const wrapper = join(folder, 'bin/ssh')
    writeFileSync(wrapper, `#!/bin/sh\nexec /usr/bin/ssh -F '${sshConfig(route)}' "$@"\n`)
    chmodSync(wrapper, 0o755)
    const path = `${join(folder, 'bin')}:${process.env.PATH ?? ''}`
    return ({ kill } = {}) =>
      timed(process.execPath, ['node_modules/shipit-cli/bin/shipit', 'production', 'rollback'], {
        cwd: folder,
        env: { PATH: path },
        kill,
      })
  },
})
