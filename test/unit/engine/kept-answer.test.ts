import { expect, test } from 'vitest'
import { CUT, KeptAnswer, Pieces } from '../../../src/engine/kept-answer.ts'
import { openSession } from '../../../src/engine/session.ts'
import type { ChannelEvents } from '../../../src/host/channel.ts'

const bytesOf = (facts: readonly string[]) => Buffer.byteLength(facts.join(''))

test('of facts without an end as many are kept as an answer may hold, and the last one says that more came', () => {
  const many = new KeptAnswer()
  for (let at = 0; at < 20_000; at++) many.add(`fact ${at}`)
  expect(many.facts).toHaveLength(5001)
  expect(many.facts.at(-1)).toBe(CUT)
  const long = new KeptAnswer()
  for (let at = 0; at < 5000; at++) long.add('é'.repeat(32_000))
  expect(bytesOf(long.facts)).toBeLessThanOrEqual(4_194_304)
  expect(long.facts.filter(fact => fact === CUT)).toHaveLength(1)
  const fine = new KeptAnswer()
  for (let at = 0; at < 5000; at++) fine.add('fact')
  expect(fine.facts).not.toContain(CUT)
})

test('pieces without an end are not kept either', () => {
  const pieces = new Pieces()
  for (let at = 0; at < 1000; at++) pieces.add(1, 'x'.repeat(3900))
  expect(pieces.take(1).length).toBeLessThan(70_000)
  expect(pieces.take(1)).toBe('')
})

test('a host can not fill the memory of the runner, and the answer says that it is not the whole', async () => {
  let events: ChannelEvents | undefined
  let nonce = ''
  const session = await openSession(
    (_, greeting, given) => {
      events = given
      nonce = /courier_nonce='?([0-9a-f]{16})/.exec(greeting)?.[1] ?? ''
      setImmediate(() => given.line(`RB1 ${nonce} 0 end`))
      return Promise.resolve({ send() {}, close() {} })
    },
    { name: 'web', address: { kind: 'local' } },
    { app: 'shop', environment: 'production', stateFolder: '', questions: [] },
  )
  const answered = session.ask([])
  for (let at = 0; at < 500; at++) events?.line(`RB1 ${nonce} 1 fact nginx ${'x'.repeat(64_000)}`)
  events?.line(`RB1 ${nonce} 1 more 1`)
  events?.line(`RB1 ${nonce} 1 fact 2`)
  events?.line(`RB1 ${nonce} 1 end`)
  const facts = await answered
  expect(bytesOf(facts)).toBeLessThanOrEqual(4_194_304)
  expect(facts.at(-1)).toBe(CUT)
})
