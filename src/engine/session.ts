import { randomBytes } from 'node:crypto'
import type { Channel, Closed, OpenChannel } from '../host/channel.ts'
import type { Host } from '../host/host.ts'
import type { RunEvents, Session } from './conversation.ts'
import { type Introduction, introduce, later, type Question } from './greeting.ts'
import { KeptAnswer, Pieces } from './kept-answer.ts'
import { ContactLost, HostSilent, NotAccepted } from './no-answer.ts'
import { Said } from './said.ts'
import { type Answer, readAnswer } from './wire.ts'

/** Seconds for an answer. Everything that may take longer is done by the program, and told in its journal. */
const SILENT = 60
/**
 * Beats that put this off where files are removed, and nowhere else: a host that reads a long file before it takes it away
 * says every few seconds that it lives.
 */
const MOST_BEATS = 600

interface Waiting {
  readonly answer: KeptAnswer
  /** Which answer ends the waiting. */
  readonly until: 'end' | 'started'
  /** It lives: it may take as long again. */
  beat(): void
  resolve(facts: readonly string[]): void
  reject(error: Error): void
}

/**
 * Opens a channel to a host and asks the first questions, in one go.
 *
 * @throws what `open` throws, or ContactLost when the host never introduced itself.
 */
export async function openSession(
  open: OpenChannel,
  host: Host,
  introduction: Omit<Introduction, 'nonce'>,
): Promise<Session> {
  const nonce = randomBytes(8).toString('hex')
  const waiting = new Map<number, Waiting>()
  const running = new Map<number, RunEvents>()
  const pieces = new Pieces()
  let messages = 0
  let heard = performance.now()
  let ended: Closed | undefined
  let settleClosed: (how: Closed) => void = () => {}
  const closed = new Promise<Closed>(resolve => {
    settleClosed = resolve
  })
  const said = new Said()
  let hangUp = () => {}
  const end = (how: Closed) => {
    if (ended) return
    ended = how
    for (const [message, asked] of waiting) {
      waiting.delete(message)
      asked.reject(lost(host, how))
    }
    settleClosed(how)
  }
  /** Nothing more of this host is listened to. */
  const giveUp = (reason: string) => {
    end({ kind: 'lost', reason })
    hangUp()
  }

  const receive = (message: number, answer: Answer) => {
    const asked = waiting.get(message)
    const events = running.get(message)
    switch (answer.kind) {
      case 'more':
        if (asked ?? events) pieces.add(message, answer.text)
        return
      case 'fact':
        asked?.answer.add(pieces.take(message) + answer.text)
        return
      case 'journal': {
        const tooMuch = events && said.journal()
        if (tooMuch) giveUp(tooMuch)
        else events?.journal(answer.entry)
        return
      }
      case 'output':
        events?.output(answer.step, answer.action, pieces.take(message) + answer.text)
        return
      case 'progress':
        events?.progress?.(answer.step, answer.bytes, answer.expected)
        return
      case 'beat':
        asked?.beat()
        return
      case 'gone':
        events?.gone()
        return
      case 'refused':
        waiting.delete(message)
        asked?.reject(new NotAccepted(host.name, answer.why))
        return
      case 'end':
      case 'started':
        if (asked?.until !== answer.kind) return
        waiting.delete(message)
        asked.resolve(asked.answer.facts)
        return
      default:
        return
    }
  }

  const wait = (message: number, until: 'end' | 'started', events?: RunEvents, mostBeats = 0) =>
    new Promise<readonly string[]>((resolve, reject) => {
      if (ended) return reject(lost(host, ended))
      if (events) running.set(message, events)
      const timer = setTimeout(() => {
        waiting.delete(message)
        reject(new HostSilent(host.name, SILENT))
      }, SILENT * 1000)
      const once =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer)
          settle(value)
        }
      let beats = 0
      const beat = () => {
        beats += 1
        if (beats <= mostBeats) timer.refresh()
      }
      waiting.set(message, {
        answer: new KeptAnswer(),
        until,
        beat,
        resolve: once(resolve),
        reject: once(reject),
      })
    })

  const introduced = wait(0, 'end')
  introduced.catch(() => {}) // awaited below; a failed connect must not also be an unhandled rejection
  const channel: Channel = await open(host, introduce({ ...introduction, nonce }), {
    line(text) {
      if (ended) return
      heard = performance.now()
      const tooMuch = said.line(text)
      if (tooMuch) return giveUp(tooMuch)
      const read = readAnswer(text, nonce)
      if (read) receive(read.message, read.answer)
    },
    closed: end,
  }).catch((error: unknown) => {
    waiting.get(0)?.reject(new Error('never opened'))
    throw error
  })
  hangUp = () => channel.close()

  const ask = (
    until: 'end' | 'started',
    words: string,
    payload = '',
    events?: RunEvents,
    mostBeats?: number,
  ) => {
    messages += 1
    const answered = wait(messages, until, events, mostBeats)
    if (!ended) channel.send(`${messages} ${words}\n${payload}`)
    return answered
  }
  const asking = (questions: readonly Question[]) => {
    const text = later(questions)
    return ask('end', `ask ${Buffer.byteLength(text)}`, text)
  }
  const done = async (answered: Promise<unknown>): Promise<void> => void (await answered)

  const facts = await introduced.catch((error: unknown) => {
    channel.close()
    throw error
  })
  return {
    host,
    facts,
    closed,
    quiet: () => (performance.now() - heard) / 1000,
    probe: () => ask('end', 'probe'),
    ask: asking,
    removeLeft: asking,
    start: (run, program, events) =>
      done(ask('started', `start ${run} ${program.bytes} ${program.sha256}`, program.text, events)),
    follow(run, how, events, seen = 0) {
      said.journalSeen(seen)
      return done(ask('started', how === 'attach' ? `attach ${run} ${seen}` : `${how} ${run}`, '', events))
    },
    tell(run, word) {
      messages += 1
      if (!ended) channel.send(`${messages} tell ${run} ${word}\n`)
    },
    readPlan: run => ask('end', `plan ${run}`),
    keepSecret: (run, name, value) =>
      done(ask('end', `secret ${run} ${name} ${Buffer.byteLength(value)}`, value)),
    addToLedger: line => done(ask('end', `ledger ${Buffer.byteLength(line)}`, line)),
    unlock: run => done(ask('end', `unlock ${run}`)),
    removeBackups(lines) {
      const text = lines.join('\n')
      return ask('end', `remove ${Buffer.byteLength(text)}`, text, undefined, MOST_BEATS)
    },
    close: () => channel.close(),
  }
}

const lost = (host: Host, how: Closed): ContactLost =>
  new ContactLost(host.name, how.kind === 'lost' ? how.reason : 'the host ended the conversation')
