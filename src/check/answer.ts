/** What a server said to one HTTP probe, after redirects within the same host. */
export interface HttpAnswer {
  readonly status: number
  /** Names in lower case; several values of one name are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Decompressed, decoded as UTF-8 with replacement. */
  readonly body: string
  /** The body was longer than the probe reads; `body` is its beginning. */
  readonly truncated: boolean
  /** The address that answered. */
  readonly ip: string
}

/** Where a probe ended that got no whole answer. */
export type Trouble =
  | 'resolve'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'redirect'
  | 'protocol'
  | 'cut-off'
  /** We refused to send the probe at all, so it says nothing about the server. */
  | 'not-sent'

/** Why there is no answer: `error` is for people, `trouble` for decisions. Neither holds text from the server. */
export interface NoAnswer {
  readonly trouble: Trouble
  readonly error: string
}

export type Answer = HttpAnswer | NoAnswer
