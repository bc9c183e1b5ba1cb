import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { greeting } from '../../src/host/courier.ts'
import { BadKnownHosts } from '../../src/host/known-hosts.ts'
import { localOpener } from '../../src/host/local.ts'
import { opener } from '../../src/host/open.ts'
import { makeFolder } from '../support/folder.ts'
import { listening, refusalOf, web1 } from './listening.ts'

const ECHO = greeting(`while IFS= read -r words; do eval "$words"; done`)
const here = { name: 'here', address: { kind: 'local' } } as const

async function channelTo(program = ECHO) {
  const heard = listening()
  return { heard, channel: await localOpener()(here, program, heard.events) }
}

describe('this machine as a host', () => {
  test('answers messages, and ends in order', async () => {
    const { heard, channel } = await channelTo()
    channel.send("echo 'hello   world'\n")
    await heard.line('hello   world')
    channel.send('echo again\n')
    await heard.line('again')
    channel.close()
    expect(await heard.closed()).toEqual({ kind: 'ended' })
  })

  test('lets what runs come to its end before it is closed', async () => {
    const { heard, channel } = await channelTo()
    channel.send('sleep 0.3; echo done\n')
    channel.close()
    channel.send('echo too late\n')
    expect(await heard.closed()).toEqual({ kind: 'ended' })
    expect(heard.lines).toEqual(['done'])
    expect(heard.ends).toHaveLength(1)
  })

  test('that nothing was asked of ends at once', async () => {
    const { heard, channel } = await channelTo()
    channel.close()
    expect(await heard.closed()).toEqual({ kind: 'ended' })
  })

  test('is lost when the courier fails', async () => {
    const { heard, channel } = await channelTo()
    channel.send('echo no space >&2; exit 3\n')
    const reason = 'the command on this machine ended with status 3; its last words: no space'
    expect(await heard.closed()).toEqual({ kind: 'lost', reason })
  })

  test('is lost, and we are not, when the courier ends without reading a long message', async () => {
    const { heard, channel } = await channelTo()
    channel.send(`exit 4\n${'x'.repeat(1_000_000)}\n`)
    expect(await heard.closed()).toMatchObject({ kind: 'lost', reason: expect.stringMatching(/status 4/) })
  })

  test('sees nothing of the environment of the job', async () => {
    const names = ['INPUT_SSH-PRIVATE-KEY', 'GITHUB_TOKEN', 'RUNNER_TRACKING_ID']
    for (const name of names) process.env[name] = 'canary'
    const { heard, channel } = await channelTo()
    channel.send('env; echo "in $PWD"; echo end\n')
    await heard.line('end')
    for (const name of names) delete process.env[name]
    expect(heard.lines.join('\n')).not.toContain('canary')
    expect(heard.lines).toContain(`HOME=${process.env.HOME}`)
    expect(heard.lines).toContain(`in ${process.env.HOME}`)
  })

  test('nor does what prepares the way there', async () => {
    await using folder = await makeFolder('path')
    const spy = join(folder.path, 'mkfifo')
    await writeFile(spy, `#!/bin/sh\nenv >'${spy}.env'\nPATH=/usr/bin:/bin exec mkfifo "$@"\n`, {
      mode: 0o755,
    })
    const { PATH } = process.env
    process.env.PATH = `${folder.path}:${PATH}`
    process.env.RUNBOOK_SECRETS = 'canary'
    try {
      const { channel } = await channelTo()
      channel.close()
    } finally {
      process.env.PATH = PATH
      delete process.env.RUNBOOK_SECRETS
    }
    const env = await readFile(`${spy}.env`, 'utf8')
    expect(env).toContain('HOME=')
    expect(env).not.toContain('canary')
  })

  test('prints nothing to the log of the job', async () => {
    const module = new URL('../../src/host/local.ts', import.meta.url).href
    const script = `import { localOpener } from ${JSON.stringify(module)}
      const channel = await localOpener()({ name: 'here', address: { kind: 'local' } }, ${JSON.stringify(ECHO)}, {
        line: text => { if (text !== '::error::hello') throw new Error(text) }, closed: () => {} })
      channel.send('echo ::error::hello; echo ::error::there >&2\\n')
      channel.close()`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script])
    let printed = ''
    child.stdout.on('data', bytes => (printed += bytes))
    child.stderr.on('data', bytes => (printed += bytes))
    expect(await new Promise(resolve => child.on('close', resolve))).toBe(0)
    expect(printed).toBe('')
  })
})

describe('a host is reached by what its address says', () => {
  const open = opener({ knownHosts: '', auth: undefined, connectSeconds: 1, keepaliveSeconds: 15 })

  test('this machine needs nothing of SSH', async () => {
    const heard = listening()
    const channel = await open(here, ECHO, heard.events)
    channel.send('echo hello\n')
    await heard.line('hello')
    channel.close()
  })

  test('another one does', async () => {
    expect(await refusalOf(open(web1(1), ECHO, listening().events))).toBeInstanceOf(BadKnownHosts)
  })
})
