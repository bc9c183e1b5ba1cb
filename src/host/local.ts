import { constants, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { exec } from '@actions/exec'
import type { Closed, OpenChannel } from './channel.ts'
import { COURIER } from './courier.ts'
import { Lines, oneLine, Tail } from './lines.ts'

/**
 * What a login gives, and nothing of the job's: inputs and tokens are in its environment, and so is
 * RUNNER_TRACKING_ID, by which the runner finds and ends every process that outlives the job.
 */
const KEPT = [
  'HOME',
  'PATH',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
]

/**
 * Opens channels to the machine that we run on. @actions/exec takes its input once, before the command starts, so the
 * courier listens to a named pipe instead; opening that for reading and writing never waits for anyone.
 */
export function localOpener(): OpenChannel {
  return async (_host, greeting, events) => {
    const folder = mkdtempSync(join(tmpdir(), 'rollbook-'))
    const pipe = join(folder, 'courier')
    await exec('mkfifo', ['-m', '600', pipe], { silent: true, env: loginEnvironment() })
    // Without waiting for room: a write that blocks would outlive a courier that has ended.
    const input = await open(pipe, constants.O_RDWR | constants.O_NONBLOCK)
    // Our end may only be closed once the other one is open: a pipe forgets what is in it when nobody holds it.
    let opened = () => {}
    const isOpen = new Promise<void>(resolve => {
      opened = resolve
    })
    let listening = false
    const lines = new Lines(line => {
      if (listening) events.line(line)
      if (!listening) rmSync(folder, { recursive: true, force: true })
      listening = true
      opened()
    })
    const stderr = new Tail(4096)
    let over = false
    let closed = false
    let sent = Promise.resolve()
    const put = async (text: string) => {
      for (let rest = Buffer.from(text); rest.length > 0 && !over; ) {
        try {
          rest = rest.subarray((await input.write(rest)).bytesWritten)
        } catch (error) {
          if (!isFull(error)) throw error
          await sleep(5)
        }
      }
    }
    const then = (act: () => Promise<void>) => {
      sent = sent.then(act).catch(() => undefined)
    }
    const end = async (how: Closed) => {
      over = true
      opened()
      await sent
      if (!closed) await input.close()
      rmSync(folder, { recursive: true, force: true })
      events.closed(how)
    }
    then(() => put(greeting))
    exec('/bin/sh', ['-c', `exec <"$1" && echo open && ${COURIER}`, 'courier', pipe], {
      silent: true,
      ignoreReturnCode: true,
      cwd: homedir(),
      env: loginEnvironment(),
      listeners: { stdout: bytes => lines.write(bytes), stderr: bytes => stderr.write(bytes) },
    })
      .then(status =>
        end(status === 0 ? { kind: 'ended' } : { kind: 'lost', reason: lastWords(status, stderr.text()) }),
      )
      .catch((error: unknown) => end({ kind: 'lost', reason: oneLine(String(error)) }))

    return {
      send(message) {
        if (!closed) then(() => put(message))
      },
      close() {
        if (closed || over) return
        closed = true
        then(() => isOpen.then(() => input.close()))
      },
    }
  }
}

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EAGAIN'

const lastWords = (status: number, text: string): string =>
  `the command on this machine ended with status ${status}${text === '' ? '' : `; its last words: ${text}`}`

function loginEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const name of KEPT) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return environment
}
