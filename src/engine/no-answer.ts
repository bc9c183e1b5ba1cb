import { Refusal } from '../refusal.ts'

/** The courier would not do what it was asked: `why` is its own word for it. Nothing was changed by the asking. */
export class NotAccepted extends Error {
  readonly host: string
  readonly why: string

  constructor(host: string, why: string) {
    super(`${host} did not accept it: ${why}`)
    this.name = 'NotAccepted'
    this.host = host
    this.why = why
  }
}

/** The channel ended while an answer was awaited: what the host did with the question is not known. */
export class ContactLost extends Error {
  readonly host: string
  readonly reason: string

  constructor(host: string, reason: string) {
    super(`contact with ${host} was lost: ${reason}`)
    this.name = 'ContactLost'
    this.host = host
    this.reason = reason
  }
}

/** The host let us in and then said nothing: a start-up file or a file system that hangs. */
export class HostSilent extends Refusal {
  readonly code = 'RB-HOST-SILENT'

  constructor(host: string, seconds: number) {
    super(`${host} took the connection and then said nothing for ${seconds} seconds.`, [
      `Log in to ${host} as the same user and see what hangs: a start-up file of the shell, or a file system.`,
    ])
  }
}
