import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ssh2, { type Client, type ClientChannel } from 'ssh2'
import { describe, expect, test } from 'vitest'
import { makeFolder } from '../../support/folder.ts'
import { makeKeyPair, parseKey } from '../../support/ssh-keys.ts'
import { type SshServer, startSshServer } from '../../support/ssh-server.ts'
import { HERE } from '../../support/ssh-shell.ts'

const connect = (server: SshServer, key = server.clientKey.private, username = 'deploy'): Promise<Client> =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    client.once('ready', () => resolve(client)).once('error', reject)
    client.connect({ host: '127.0.0.1', port: server.port, username, privateKey: key })
  })

const exec = (client: Client, command: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    client.on('error', () => {})
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)))
  })

interface End {
  stdout: string
  stderr: string
  code: number | null | undefined
  signal: string | undefined
}

const endOf = (channel: ClientChannel, input = ''): Promise<End> =>
  new Promise(resolve => {
    const end: End = { stdout: '', stderr: '', code: undefined, signal: undefined }
    channel.setEncoding('utf8').on('data', (piece: string) => {
      end.stdout += piece
    })
    channel.stderr.setEncoding('utf8').on('data', (piece: string) => {
      end.stderr += piece
    })
    channel.on('exit', (code: number | null, signal?: string) => Object.assign(end, { code, signal }))
    channel.on('close', () => resolve(end))
    channel.end(input)
  })

const run = async (server: SshServer, command: string, input = ''): Promise<End> => {
  const client = await connect(server)
  try {
    return await endOf(await exec(client, command), input)
  } finally {
    client.end()
  }
}

describe('a host with a real shell', () => {
  test('runs a command with its input, output, errors and exit status', async () => {
    await using server = await startSshServer()
    expect(await run(server, 'cat; echo oops >&2; exit 7', 'as said')).toEqual({
      stdout: 'as said',
      stderr: 'oops\n',
      code: 7,
      signal: undefined,
    })
    expect(await run(server, 'kill -9 $$')).toMatchObject({ code: null, signal: 'SIGKILL' })
  })

  test('carries a mebibyte each way', async () => {
    await using server = await startSshServer()
    const text = 'four'.repeat(2 ** 18)
    expect((await run(server, 'cat', text)).stdout === text).toBe(true)
  })

  test('two servers are two hosts: each has a HOME, none has our environment', async () => {
    await using one = await startSshServer()
    await using two = await startSshServer()
    await run(one, 'echo one > ~/name')
    expect((await run(two, 'ls ~; env')).stdout).not.toMatch(/name|VITEST/)
    expect(await readFile(join(one.home, 'name'), 'utf8')).toBe('one\n')
  })

  test.runIf(process.platform === 'linux')('one absolute path is another folder on each host', async () => {
    await using one = await startSshServer()
    await using two = await startSshServer()
    const command = `readlink -f ${HERE}; cd /; (setsid readlink -f ${HERE} 3>&- 9>&-)`
    expect((await run(one, command)).stdout).toBe(`${one.home}\n`.repeat(2))
    expect((await run(two, command)).stdout).toBe(`${two.home}\n`.repeat(2))
  })

  test('OpenSSH finds nothing strange about it', async () => {
    await using server = await startSshServer()
    await using folder = await makeFolder()
    await writeFile(join(folder.path, 'key'), server.clientKey.private, { mode: 0o600 })
    await writeFile(join(folder.path, 'known_hosts'), `${server.knownHostsLine}\n`)
    const options = [
      `UserKnownHostsFile=${folder.path}/known_hosts`,
      'StrictHostKeyChecking=yes',
      'IdentitiesOnly=yes',
    ]
    const { stdout } = await promisify(execFile)('ssh', [
      ...['-F', '/dev/null', '-i', join(folder.path, 'key'), '-p', String(server.port)],
      ...options.flatMap(option => ['-o', option]),
      'deploy@127.0.0.1',
      'echo from $HOME',
    ])
    expect(stdout).toBe(`from ${server.home}\n`)
  })

  test('lets in who has an authorised key and the right name, and counts who tried', async () => {
    await using server = await startSshServer()
    await expect(connect(server, makeKeyPair().private)).rejects.toThrow('authentication methods failed')
    await expect(connect(server, server.clientKey.private, 'root')).rejects.toThrow(
      'authentication methods failed',
    )
    expect(await run(server, 'true')).toMatchObject({ code: 0 })
    expect(server.counts).toMatchObject({ connections: 3, channels: 1, commands: ['true'] })
    expect(server.counts.authAttempts.filter(method => method === 'publickey')).toHaveLength(4)
  })

  test('a host behind another is reached through it, with a key of its own', async () => {
    await using door = await startSshServer()
    await using inner = await startSshServer()
    const outer = await connect(door)
    const sock = await new Promise<ClientChannel>((resolve, reject) =>
      outer.forwardOut('127.0.0.1', 0, '127.0.0.1', inner.port, (error, channel) =>
        error ? reject(error) : resolve(channel),
      ),
    )
    const client = new ssh2.Client()
    await new Promise((resolve, reject) => {
      client.once('ready', () => resolve(undefined)).once('error', reject)
      client.connect({ sock, username: 'deploy', privateKey: inner.clientKey.private })
    })
    expect((await endOf(await exec(client, 'echo $HOME'))).stdout).toBe(`${inner.home}\n`)
    client.end()
    outer.end()
  })
})

describe('a host that is lost', () => {
  test('a dropped connection ends the input of a command and not the command', async () => {
    await using server = await startSshServer()
    const client = await connect(server)
    const channel = await exec(client, 'echo ready; cat > /dev/null; sleep 0.1; echo survived > ~/after')
    await new Promise(resolve => channel.once('data', resolve))
    server.drop()
    await expect.poll(() => existsSync(join(server.home, 'after'))).toBe(true)
  })

  test('drops in the middle of an output, and stays away until it comes back', async () => {
    const faults = { dropAfter: (output: string) => output.includes('switched'), staysAway: true }
    await using server = await startSshServer({ faults })
    const client = await connect(server)
    const end = await endOf(await exec(client, 'echo before; sleep 0.1; echo switched; touch ~/done'))
    expect(end).toMatchObject({ stdout: 'before\n', code: undefined })
    await expect(connect(server)).rejects.toThrow()
    server.comeBack()
    server.faults.dropAfter = 4
    expect(await run(server, 'echo 123')).toMatchObject({ stdout: '123\n', code: 0 })
    expect(await run(server, 'echo 1234')).toMatchObject({ stdout: '', code: undefined })
  })

  test('refuses what it is told to, hides the exit status, splits the output', async () => {
    await using server = await startSshServer({
      faults: { refuseExec: command => command.startsWith('bad') },
    })
    await expect(run(server, 'bad')).rejects.toThrow()
    Object.assign(server.faults, { noExitStatus: true, splitOutput: true })
    expect(await run(server, 'printf "é…"')).toMatchObject({ stdout: 'é…', code: undefined })
    server.faults.refuseSession = true
    await expect(run(server, 'true')).rejects.toThrow('Channel open failure')
  })

  test.runIf(process.platform === 'linux')(
    'is closed with everything that it started, detached or not',
    async () => {
      const server = await startSshServer()
      const { stdout } = await run(server, 'setsid sh -c "trap : TERM; sleep 60" > /dev/null 2>&1 & echo $!')
      await expect.poll(() => server.processes().length).toBeGreaterThan(0)
      await server.close()
      // A process that was killed is there until somebody has been told.
      await expect.poll(() => server.processes()).toEqual([])
      expect(Number(stdout)).toBeGreaterThan(1)
      expect(existsSync(server.home)).toBe(false)
    },
  )

  test('latency is added to both ways', async () => {
    await using server = await startSshServer({ latency: 20 })
    const began = performance.now()
    await run(server, 'true')
    expect(performance.now() - began).toBeGreaterThan(200)
  })
})

test('a generated key pair can be read and fits together, every time', () => {
  for (let count = 0; count < 500; count++) {
    const pair = makeKeyPair()
    const signature = parseKey(pair.private).sign('text')
    expect(signature instanceof Error || parseKey(pair.public).verify('text', signature)).toBe(true)
  }
})
