/** How patient the host is with a check that looks from there: read by the engine's `check`. */
export type HostPatience = {
  readonly attempts: string
  readonly consecutive: string
  /** Seconds, or `-` for pauses that grow. */
  readonly every: string
}

/** For what either works or doesn't: looked at once. */
export const ONCE = { attempts: '1', consecutive: '1', every: '-' } as const satisfies HostPatience
