import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { timed } from '../process.ts'
import { DEMO, USER } from '../user.ts'
import type { Contender } from './contender.ts'

// Without a plugin for source control, which is the faster way: with git it asks the repository on every host.
const CAPFILE = `require "capistrano/setup"
require "capistrano/deploy"
require "capistrano/scm/plugin"
class NoScm < Capistrano::SCM::Plugin; end
install_plugin NoScm
`

const DEPLOY = `lock "~> 3.17"
set :application, "demo"
set :deploy_to, "${DEMO}"
set :keep_releases, 5
set :format, :pretty
set :log_level, :info
`

/** Capistrano of Debian. It archives and removes the release that it leaves; that is part of its rollback. */
export const capistrano: Contender = {
  name: 'Capistrano',
  says: 'Capistrano without source control, one connection per host, in parallel',
  takesTarget: true,
  goesBack: true,
  async prepare({ hosts, port, access }) {
    const folder = join(access.folder, `capistrano_${port}_${hosts.length}`)
    mkdirSync(join(folder, 'config/deploy'), { recursive: true })
    const servers = hosts
      .map(({ address }) => `server "${USER}@${address}:${port}", roles: %w[app]\n`)
      .join('')
    const ssh = `set :ssh_options, { keys: %w[${access.keyFile}], forward_agent: false, auth_methods: %w[publickey],
  verify_host_key: :always, user_known_hosts_file: "${access.knownHostsFile}", config: false }\n`
    writeFileSync(join(folder, 'Capfile'), CAPFILE)
    writeFileSync(join(folder, 'config/deploy.rb'), DEPLOY)
    writeFileSync(join(folder, 'config/deploy/production.rb'), servers + ssh)
    return ({ target, kill } = {}) =>
      timed('cap', ['production', 'deploy:rollback'], {
        cwd: folder,
        kill,
        ...(target !== undefined && { env: { ROLLBACK_RELEASE: target } }),
      })
  },
}
