/** Where a host is reached with SSH: `user@host:port`, through zero or more jump hosts (outermost first). */
export interface SshAddress {
  readonly kind: 'ssh'
  readonly user: string
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
  readonly via: readonly SshAddress[]
}

/** The machine that the action itself runs on. */
export interface LocalAddress {
  readonly kind: 'local'
}

/** One host of an environment, with the name that every table and message calls it by. */
export interface Host {
  readonly name: string
  readonly address: SshAddress | LocalAddress
}
