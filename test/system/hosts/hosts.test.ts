import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Folder, makeFolder } from '../../support/folder.ts'
import { docker, runProgram } from './docker.ts'
import { IMAGE } from './host.ts'
import { type Fleet, startHosts, type TestHost } from './hosts.ts'
import { labelsOf, sweep } from './owner.ts'

let folder: Folder
let fleet: Fleet<['web-1', 'web-2']>

beforeAll(async () => {
  folder = await makeFolder()
  fleet = await startHosts(['web-1', 'web-2'])
})
afterAll(async () => {
  await fleet?.[Symbol.asyncDispose]()
  await folder?.[Symbol.asyncDispose]()
})

/** Logs in as a person would, trusting the given host keys and nothing else of this machine's set-up. */
const ssh = async (host: TestHost, command: string, knownHosts = host.knownHosts) => {
  const file = join(folder.path, 'known_hosts')
  await writeFile(file, knownHosts)
  const options = ['-F', 'none', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes']
  const trust = [
    '-o',
    `UserKnownHostsFile=${file}`,
    '-o',
    'GlobalKnownHostsFile=none',
    '-o',
    'IdentityAgent=none',
  ]
  const login = ['-i', host.keyFile, '-p', String(host.sshPort), 'deploy@127.0.0.1']
  return runProgram('ssh', [...options, ...trust, ...login, command])
}

describe('two test hosts', () => {
  test('run systemd, sshd and nginx', async () => {
    for (const host of fleet) {
      const said = await host.run('cat /proc/1/comm && hostname && systemctl is-active ssh nginx')
      expect(said).toEqual({ code: 0, stdout: `systemd\n${host.name}\nactive\nactive\n`, stderr: '' })
    }
  })

  test('have what a Laravel application needs, and start none of it by themselves', async () => {
    const asked = await fleet[0].run(
      'systemctl is-active mariadb php8.4-fpm; php --version >/dev/null && echo php',
    )
    expect(asked.stdout).toBe('inactive\ninactive\nphp\n')
    const started = await fleet[0].run('systemctl start mariadb && mariadb -BN -e "select 6 * 7"')
    expect(started).toEqual({ code: 0, stdout: '42\n', stderr: '' })
  })

  test('let deploy in with the key, and are known by keys of their own', async () => {
    const [one, two] = fleet
    expect(await ssh(one, 'hostname; id -un')).toMatchObject({ code: 0, stdout: 'web-1\ndeploy\n' })
    expect(await ssh(two, 'hostname; id -un')).toMatchObject({ code: 0, stdout: 'web-2\ndeploy\n' })

    const mixedUp = two.knownHosts.replaceAll(String(two.sshPort), String(one.sshPort))
    const refused = await ssh(one, 'hostname', mixedUp)
    expect(refused.code).toBe(255)
    expect(refused.stderr).toContain('HOST IDENTIFICATION HAS CHANGED')
  })

  test('deploy may reload nginx, and not stop it', async () => {
    const [host] = fleet
    expect(await ssh(host, 'sudo -n systemctl reload nginx')).toMatchObject({ code: 0 })
    expect(await ssh(host, 'sudo -n systemctl stop nginx')).toMatchObject({ code: 1 })
    expect(await ssh(host, 'sudo -n systemctl reload ssh')).toMatchObject({ code: 1 })
    expect((await host.run('systemctl is-active nginx')).stdout).toBe('active\n')
  })

  test('carry dash, bash and busybox', async () => {
    const said = await fleet[0].run('for shell in dash bash "busybox sh"; do $shell -c "echo $shell"; done')
    expect(said.stdout).toBe('dash\nbash\nbusybox sh\n')
  })

  test('come back after the power fails: same address, same keys, same files, new boot', async () => {
    const [host] = fleet
    await host.write('/srv/app/shared/note', "it's here\n")
    const bootId = 'cat /proc/sys/kernel/random/boot_id'
    const before = await ssh(host, bootId)
    await host.kill()
    expect((await ssh(host, 'true')).code).toBe(255)
    await host.start()
    const after = await ssh(host, `cat /srv/app/shared/note; ${bootId}`)
    expect(after.stdout).toMatch(/^it's here\n[0-9a-f-]{36}\n$/)
    expect(after.stdout).not.toContain(before.stdout)
  })

  test('freeze and go on', async () => {
    const [, host] = fleet
    const late = host.pause().then(() => ssh(host, 'echo thawed'))
    const first = await Promise.race([late, new Promise(done => setTimeout(done, 1000, 'silence'))])
    expect(first).toBe('silence')
    await host.unpause()
    expect(await late).toMatchObject({ code: 0, stdout: 'thawed\n' })
  })
})

describe('nothing is left behind', () => {
  const ours = () => docker('ps', '--all', '--quiet', '--filter', `label=${labelsOf('')[0]}`)

  test('by a fleet of which one host cannot start', async () => {
    const before = await ours()
    const longerThanLinuxAllows = 'x'.repeat(65)
    await expect(startHosts(['web-3', longerThanLinuxAllows])).rejects.toThrow(longerThanLinuxAllows)
    expect(await ours()).toBe(before)
  })

  test('by a run that was killed, while the hosts of a living run stay', async () => {
    const before = await ours()
    // The pid is this process's; what tells it from the dead owner is the start time.
    const dead = await docker('create', '--label', `rollbook-test=${process.pid}.1`, IMAGE)
    await sweep()
    expect((await runProgram('docker', ['inspect', dead])).code).toBe(1)
    expect(await ours()).toBe(before)
    expect(before.split('\n')).toHaveLength(2)
  })
})
