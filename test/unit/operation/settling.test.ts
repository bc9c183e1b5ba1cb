import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { OpenChannel } from '../../../src/host/channel.ts'
import { localOpener } from '../../../src/host/local.ts'
import { type Bench, makeBench } from './fixture.ts'

const DEAD = '20260101T000000Z-000aaa'
const CUT = { kind: 'lost', reason: 'Connection reset by peer' } as const

/** A bench on whose host a run died, long before its boot of today. */
const withDeadRun = async (): Promise<Bench> => {
  const bench = await makeBench()
  await mkdir(bench.state, { recursive: true, mode: 0o700 })
  await symlink(`v1:${DEAD}:00000000-0000-0000-0000-000000000000:1:1`, join(bench.state, 'lock'))
  return bench
}

/** Hosts that are lost when they are to be told `word`, and how many of them were closed. */
function losing(word: RegExp): { open: OpenChannel; closed: () => number } {
  const local = localOpener()
  let closed = 0
  const open: OpenChannel = async (host, greeting, events) => {
    const channel = await local(host, greeting, events)
    return {
      send: text => (word.test(text) ? events.closed(CUT) : channel.send(text)),
      close() {
        closed += 1
        channel.close()
      },
    }
  }
  return { open, closed: () => closed }
}

describe('contact is lost while what a dead run left is put in order', () => {
  test.each([
    ['a rollback', {}],
    ['undo', { operation: 'undo' }],
    ['unlock', { operation: 'unlock' }],
  ] as const)('%s: what became of it is not known, and the host is let go', async (_, request) => {
    await using bench = await withDeadRun()
    const { open, closed } = losing(/^\d+ probe/)
    const { outcome, failure, ended } = await bench.ask(request, { open })
    expect([outcome, failure?.code]).toEqual(['refused', 'RB-CONTACT-LOST-SETTLING'])
    expect(ended).toEqual([{ host: 'here', run: DEAD }])
    expect(failure?.message).toContain(
      `run ${DEAD}, which had died there, was brought to its end: Connection reset`,
    )
    expect(failure?.message).not.toContain('Nothing was changed')
    expect(closed()).toBeGreaterThan(0)
  })

  test('a lock that was being broken may be there or not', async () => {
    await using bench = await withDeadRun()
    const { open } = losing(/^\d+ unlock/)
    const { failure } = await bench.ask({ operation: 'unlock', 'run-id': DEAD }, { open })
    expect(failure?.code).toBe('RB-CONTACT-LOST-SETTLING')
    expect(failure?.message).toContain(`the lock of run ${DEAD} there was broken: Connection reset by peer`)
  })
})
