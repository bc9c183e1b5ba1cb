import type { Duplex, Readable } from 'node:stream'
import type { Channel, ChannelEvents, Closed } from './channel.ts'
import { Lines, Tail } from './lines.ts'

/** The stream of a command on a host; tells `exit` with a code, or null and a signal, if the host says it. */
export type CommandStream = Duplex & { readonly stderr: Readable }

/** Milliseconds that a courier may take to end after its input did. */
const GRACE = 3000
const STDERR_KEPT = 4096

export interface Session {
  readonly channel: Channel
  /** To be called when the connection under the stream breaks: the stream itself may never tell. */
  lost(reason: string): void
}

/**
 * Makes a channel of the stream of a courier. Lines are told as they come, one at a time, so that no more than one line
 * is ever held.
 *
 * @param hangUp ends the connection; called once, before `closed` is told.
 */
export function startSession(stream: CommandStream, events: ChannelEvents, hangUp: () => void): Session {
  const lines = new Lines(line => {
    if (!over) events.line(line)
  })
  const stderr = new Tail(STDERR_KEPT)
  let exit: { code: number | null; signal: string | undefined } | undefined
  let over = false
  let grace: NodeJS.Timeout | undefined

  const end = (how: Closed) => {
    if (over) return
    over = true
    clearTimeout(grace)
    hangUp()
    events.closed(how)
  }
  const lost = (reason: string) => {
    const last = stderr.text()
    end({ kind: 'lost', reason: last === '' ? reason : `${reason}; its last words: ${last}` })
  }

  stream.on('data', (bytes: Buffer) => lines.write(bytes))
  // Read although nobody asked for it: ssh2 stops the whole channel when stderr is left standing.
  stream.stderr.on('data', (bytes: Buffer) => stderr.write(bytes))
  stream.on('exit', (code: number | null, signal?: string) => {
    exit = { code, signal }
  })
  stream.on('error', (error: Error) => lost(error.message))
  stream.on('close', () => {
    if (exit?.code === 0) end({ kind: 'ended' })
    else if (exit === undefined) lost('the connection ended, and the host did not say how its command ended')
    else if (exit.code === null) lost(`the command on the host was ended by ${exit.signal ?? 'a signal'}`)
    else lost(`the command on the host ended with status ${exit.code}`)
  })

  return {
    lost,
    channel: {
      send(message) {
        if (!over && stream.writable) stream.write(message)
      },
      close() {
        if (over || grace !== undefined) return
        stream.end()
        grace = setTimeout(() => lost(`the command on the host did not end within ${GRACE / 1000} s`), GRACE)
      },
    },
  }
}
