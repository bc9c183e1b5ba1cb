import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, release, type as system, totalmem } from 'node:os'
import { join } from 'node:path'

/** The machine and the versions of everything that took part, a line each. */
export function describeMachine(tools: string): readonly string[] {
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return [
    `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${gigabytes} GiB of memory, ${system()} ${release()}`,
    `servers: ${openssh()}, user's shell bash, PAM as Debian has it`,
    `Node.js ${process.version} for Rollbook and for Shipit`,
    capistrano(),
    `Shipit ${versionOf(tools, 'shipit-cli')} with shipit-deploy ${versionOf(tools, 'shipit-deploy')}`,
  ]
}

function openssh(): string {
  // It says its version on stderr.
  return spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr.trim().replace(/,.*/, '')
}

function capistrano(): string {
  const said = execFileSync('cap', ['--version'], { encoding: 'utf8', cwd: '/' })
  const ruby = execFileSync('ruby', ['-e', 'print RUBY_VERSION'], { encoding: 'utf8' })
  return `Capistrano ${/[\d.]+/.exec(said)?.[0] ?? 'unknown'} with Ruby ${ruby}`
}

function versionOf(tools: string, name: string): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(tools, 'node_modules', name, 'package.json'), 'utf8'),
  )
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
