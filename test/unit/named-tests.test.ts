import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const DOCS = resolve(import.meta.dirname, '../../docs')

/** Each place where a page says which test proves it: the file, and how the test or its group begins. */
function claims(page: string): { file: string; begins: string }[] {
  const text = readFileSync(resolve(DOCS, page), 'utf8')
  return [...text.matchAll(/\[[^\]]+\]\((\.\.\/test\/[^)]+\.test\.ts)\)([^|·\n]*)/g)].map(
    ([, file = '', begins = '']) => ({ file, begins: begins.trim() }),
  )
}

describe.each(['failure-modes.md', 'threat-model.md'])('docs/%s', page => {
  test('names tests that are there', () => {
    const missing = claims(page).filter(({ file, begins }) => {
      const text = readFileSync(resolve(DOCS, file), 'utf8').replaceAll("\\'", "'")
      return !text.includes(begins)
    })
    expect(missing).toEqual([])
    expect(claims(page).length).toBeGreaterThan(10)
  })
})
