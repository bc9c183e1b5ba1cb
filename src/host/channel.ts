import type { Host } from './host.ts'

/** Why a channel ended. Only `ended` was an orderly end; `lost` means that the state of the host is unknown. */
export type Closed = { readonly kind: 'ended' } | { readonly kind: 'lost'; readonly reason: string }

/** What a channel tells its owner. Lines are decoded as UTF-8 with replacement and capped at 64 KiB each. */
export interface ChannelEvents {
  line(text: string): void
  closed(how: Closed): void
}

/** A two-way line to the courier (`engine/courier/`) on one host. */
export interface Channel {
  /** Sends one complete message; never splits it into pieces that make sense alone. */
  send(message: string): void
  close(): void
}

/**
 * Opens the channel of one host: connects, verifies the host key, authenticates, and starts the courier with
 * `greeting` as the first thing on its standard input.
 *
 * @throws a Refusal that says what was expected, what was seen and what to do (identity, authentication, contact).
 */
export type OpenChannel = (host: Host, greeting: string, events: ChannelEvents) => Promise<Channel>
