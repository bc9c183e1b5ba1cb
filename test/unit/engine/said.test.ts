import { afterEach, expect, test, vi } from 'vitest'
import type { RunEvents, Session } from '../../../src/engine/conversation.ts'
import { openSession } from '../../../src/engine/session.ts'
import type { ChannelEvents } from '../../../src/host/channel.ts'

const HEARTBEAT = 5000

/** A host that can say what it likes, with the nonce that it was given. */
async function spokenTo() {
  let events: ChannelEvents | undefined
  let nonce = ''
  let closes = 0
  const session: Session = await openSession(
    (_, greeting, given) => {
      events = given
      nonce = /courier_nonce='?([0-9a-f]{16})/.exec(greeting)?.[1] ?? ''
      queueMicrotask(() => given.line(`RB1 ${nonce} 0 end`))
      return Promise.resolve({
        send() {},
        close() {
          closes += 1
        },
      })
    },
    { name: 'web', address: { kind: 'local' } },
    { app: 'shop', environment: 'production', stateFolder: '', questions: [] },
  )
  return {
    session,
    says: (words: string) => events?.line(`RB1 ${nonce} ${words}`),
    closes: () => closes,
  }
}

/** What a run hears, counted. */
const listener = () => {
  const heard = { journal: 0 }
  const events: RunEvents = {
    journal() {
      heard.journal += 1
    },
    output() {},
    gone() {},
  }
  return { heard, events }
}

const PROGRAM = { text: '', bytes: 0, sha256: '' }
const closing = async ({ session }: { session: Session }) => {
  const how = await session.closed
  return how.kind === 'lost' ? how.reason : how.kind
}

afterEach(() => void vi.useRealTimers())

test('a host that never stops talking is not listened to any more, and whoever waits for it hears why', async () => {
  const host = await spokenTo()
  const answered = host.session.ask([])
  const outcome = expect(answered).rejects.toThrow('it said more than 64 MiB, and would not stop')
  for (let at = 0; at < 1100; at += 1) host.says(`1 fact ${'x'.repeat(64_000)}`)
  await outcome
  expect(await closing(host)).toContain('said more than 64 MiB')
  expect(host.closes()).toBe(1)
  await expect(host.session.probe()).rejects.toThrow('said more than 64 MiB')
})

test('nor one that says nothing in lines without an end', async () => {
  const host = await spokenTo()
  for (let at = 0; at < 300_000; at += 1) host.says('')
  expect(await closing(host)).toContain('said more than 64 MiB')
})

test('a heartbeat each second for a day is not too much', async () => {
  const host = await spokenTo()
  for (let at = 0; at < 86_400; at += 1) host.says('1 beat')
  const probed = host.session.probe()
  host.says('1 end')
  expect(await probed).toEqual([])
})

test('a journal that never ends is heard as far as any run could write it', async () => {
  const host = await spokenTo()
  const { heard, events } = listener()
  const started = host.session.start('run', PROGRAM, events)
  host.says('1 started')
  await started
  for (let at = 0; at < 20_000; at += 1) host.says(`1 journal ${at} 1.00 phase prepared .`)
  expect(heard.journal).toBe(10_000)
  expect(await closing(host)).toBe('its journal has more than 10,000 lines, which no run writes')
})

test('nor is it heard again from the beginning, however often contact is lost', async () => {
  const host = await spokenTo()
  const { heard, events } = listener()
  const followed = host.session.follow('run', 'attach', events, 9_990)
  host.says('1 started')
  await followed
  for (let at = 0; at < 100; at += 1) host.says(`1 journal ${at} 1.00 phase prepared .`)
  expect(heard.journal).toBe(10)
  expect(await closing(host)).toContain('which no run writes')
})

test('beats put off the end of the patience where files are removed, and nowhere else', async () => {
  const host = await spokenTo()
  vi.useFakeTimers()
  const beating = setInterval(() => {
    host.says('1 beat')
    host.says('2 beat')
  }, HEARTBEAT)
  const asked = expect(host.session.ask([])).rejects.toThrow('said nothing for 60 seconds')
  const removed = host.session.removeBackups(['a', 'b'])
  await vi.advanceTimersByTimeAsync(300_000)
  await asked
  host.says('2 end')
  expect(await removed).toEqual([])
  const never = expect(host.session.removeBackups(['c'])).rejects.toThrow('said nothing for 60 seconds')
  const third = setInterval(() => host.says('3 beat'), HEARTBEAT)
  await vi.advanceTimersByTimeAsync(3_600_000)
  await never
  clearInterval(beating)
  clearInterval(third)
})
