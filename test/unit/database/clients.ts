/**
 * What a client of MySQL or MariaDB takes from the group `[client]` of an option file: the rules of
 * `search_default_file_with_ext` in mysys, which are the same in both, written down anew.
 */
export function readByClient(file: string): Readonly<Record<string, Buffer>> {
  const found: Record<string, Buffer> = {}
  let group = ''
  for (const line of linesAsRead(Buffer.from(file))) {
    const start = trimStart(line)
    if (start.length === 0 || '#;'.includes(String.fromCharCode(start[0] ?? 0))) continue
    if (start[0] === 0x5b) {
      group = start.subarray(1, start.indexOf(0x5d)).toString()
      continue
    }
    if (group !== 'client') throw new Error('an option stands outside of [client]')
    const bare = withoutComment(start)
    const equals = bare.indexOf(0x3d)
    found[trimEnd(bare.subarray(0, equals)).toString()] = unescaped(trim(bare.subarray(equals + 1)))
  }
  return found
}

/** fgets into a buffer of 4096: what is longer goes on as if it were another line. */
function linesAsRead(file: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let at = 0; at < file.length; ) {
    const feed = file.indexOf(0x0a, at)
    const end = Math.min(feed === -1 ? file.length : feed + 1, at + 4094)
    lines.push(file.subarray(at, end))
    at = end
  }
  return lines
}

const isSpace = (byte: number | undefined): boolean =>
  byte !== undefined && (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0xa0)

const trimStart = (line: Buffer): Buffer => {
  let at = 0
  while (isSpace(line[at])) at += 1
  return line.subarray(at)
}
const trimEnd = (line: Buffer): Buffer => {
  let end = line.length
  while (end > 0 && isSpace(line[end - 1])) end -= 1
  return line.subarray(0, end)
}
const trim = (line: Buffer): Buffer => trimEnd(trimStart(line))

function withoutComment(line: Buffer): Buffer {
  let quote = 0
  let escaping = false
  for (const [at, byte] of line.entries()) {
    if ((byte === 0x22 || byte === 0x27) && !escaping) quote = quote === 0 ? byte : quote === byte ? 0 : quote
    if (quote === 0 && byte === 0x23) return line.subarray(0, at)
    escaping = quote !== 0 && byte === 0x5c && !escaping
  }
  return line
}

const MEANS: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  s: ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
}

function unescaped(value: Buffer): Buffer {
  const [first] = value
  const quoted = (first === 0x22 || first === 0x27) && value.length > 1 && value.at(-1) === first
  const inner = quoted ? value.subarray(1, -1) : value
  const bytes: number[] = []
  for (let at = 0; at < inner.length; at += 1) {
    const byte = inner[at] ?? 0
    if (byte !== 0x5c || at === inner.length - 1) {
      bytes.push(byte)
      continue
    }
    at += 1
    const next = String.fromCharCode(inner[at] ?? 0)
    const meant = MEANS[next]
    if (meant === undefined) bytes.push(0x5c, inner[at] ?? 0)
    else bytes.push(meant.charCodeAt(0))
  }
  return Buffer.from(bytes)
}
