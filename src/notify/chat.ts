import type { Message } from './message.ts'

/** Proof for a chat that a message is from someone who knows its secret. */
export interface Signing {
  readonly secret: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** How one sort of chat is told. Pure: from a message to what is posted. */
export interface Chat {
  /** As people call it. */
  readonly title: string
  /** Hosts of its webhooks; those that begin with a dot stand for all below them. */
  readonly hosts: readonly string[]
  /** What is posted as JSON. */
  body(message: Message, signing?: Signing): object
  /** The address with what the signature adds to it. */
  signed?(url: URL, signing: Signing): URL
  /** What an answer with a status of success complains of all the same; undefined when it took the message. */
  complaint?(answer: string): string | undefined
}
