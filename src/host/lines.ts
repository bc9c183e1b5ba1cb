const NEWLINE = 0x0a

/** Bytes of a line that are kept; the rest of it, up to the newline, is dropped and marked with an ellipsis. */
export const LINE_CAP = 64 * 1024

/**
 * Cuts a stream of bytes into lines of UTF-8, however the bytes were split on the way. Holds one line at most.
 *
 * What stands behind the last newline is never told: half of `rc=12` would read as `rc=1`.
 */
export class Lines {
  readonly #tell: (line: string) => void
  #parts: Buffer[] = []
  #kept = 0
  #dropped = false

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  write(bytes: Buffer): void {
    let start = 0
    for (;;) {
      const end = bytes.indexOf(NEWLINE, start)
      if (end === -1) break
      this.#keep(bytes.subarray(start, end))
      this.#tell(this.#take())
      start = end + 1
    }
    this.#keep(bytes.subarray(start))
  }

  #keep(bytes: Buffer): void {
    const room = LINE_CAP - this.#kept
    const part = bytes.length > room ? bytes.subarray(0, room) : bytes
    if (part.length < bytes.length) this.#dropped = true
    if (part.length === 0) return
    this.#kept += part.length
    // A copy: a slice would keep the whole packet that it came in.
    this.#parts.push(Buffer.from(part))
  }

  #take(): string {
    const bytes = Buffer.concat(this.#parts)
    const line = this.#dropped ? `${withoutTornEnd(bytes)}…` : bytes.toString('utf8')
    this.#parts = []
    this.#kept = 0
    this.#dropped = false
    return line
  }
}

/** The cap can fall inside a character: `stream` holds its first bytes back instead of telling a replacement. */
function withoutTornEnd(bytes: Buffer): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true })
}

/** The last bytes of a stream, for saying why something ended. */
export class Tail {
  readonly #size: number
  #bytes: Buffer = Buffer.alloc(0)

  constructor(size: number) {
    this.#size = size
  }

  write(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes.subarray(-this.#size)]).subarray(-this.#size)
  }

  /** On one line, without control characters. */
  text(): string {
    return oneLine(this.#bytes.toString('utf8'))
  }
}

/** Text from a host or a library in a form that can stand inside a sentence. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
}
