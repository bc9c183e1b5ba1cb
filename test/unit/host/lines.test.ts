import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LINE_CAP, Lines, Tail } from '../../../src/host/lines.ts'

function linesOf(...chunks: Buffer[]): string[] {
  const told: string[] = []
  const lines = new Lines(line => told.push(line))
  for (const chunk of chunks) lines.write(chunk)
  return told
}

describe('lines from a host', () => {
  test('come out the same, wherever the network cut the bytes', () => {
    const line = fc.string({ unit: 'binary', maxLength: 30 }).map(text => text.replaceAll('\n', ''))
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 10 }),
        fc.array(fc.nat(400), { maxLength: 12 }),
        (texts, cuts) => {
          const bytes = Buffer.from(texts.map(text => `${text}\n`).join(''))
          const at = [0, ...cuts.filter(cut => cut < bytes.length).sort((a, b) => a - b), bytes.length]
          const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
          expect(linesOf(...chunks)).toEqual(texts)
        },
      ),
    )
  })

  test('without an end are not told: half of rc=12 would read as rc=1', () => {
    expect(linesOf(Buffer.from('hello\nrc=1'))).toEqual(['hello'])
  })

  test('of bytes that are no text are told with replacement characters', () => {
    expect(linesOf(Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a]))).toEqual(['a\ufffd\ufffdb'])
  })

  test('that do not end are cut off, and the next one is whole again', () => {
    const kept = 'x'.repeat(LINE_CAP)
    expect(linesOf(Buffer.from(`${kept}\nnext\n`))).toEqual([kept, 'next'])
    expect(linesOf(Buffer.from(`${kept}y`), Buffer.from('y'.repeat(99)), Buffer.from('y\nnext\n'))).toEqual([
      `${kept}…`,
      'next',
    ])
  })

  test('are not cut off in the middle of a character', () => {
    const [line] = linesOf(Buffer.from(`x${'é'.repeat(LINE_CAP)}\n`))
    expect(line).toBe(`x${'é'.repeat(LINE_CAP / 2 - 1)}…`)
  })

  test('hold no more than the cap, however much comes', () => {
    const lines = new Lines(() => {})
    const chunk = Buffer.alloc(1 << 20, 'x')
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 200; i += 1) lines.write(chunk)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20)
  })
})

test('the last words of a host are kept, on one line and without control characters', () => {
  const tail = new Tail(16)
  tail.write(Buffer.from('forget this, '.repeat(1000)))
  tail.write(Buffer.from('a\r\n\u001b[31mlast\t'))
  tail.write(Buffer.from('words\n'))
  expect(tail.text()).toBe('[31mlast words')
})
