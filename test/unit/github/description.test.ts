import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { excerpt } from '../../../scripts/github-api/excerpt.mts'
import { routesOfCode } from '../../../scripts/github-api/routes.mts'
import { describedApi } from '../../support/github-api-description.ts'

const FOLDER = resolve(import.meta.dirname, '../../support/github-api')

describe.each(['api.github.com', 'ghes-3.17'])('the excerpt of %s', name => {
  const text = readFileSync(resolve(FOLDER, `${name}.generated.json`), 'utf8')
  const part = JSON.parse(text)

  test('has the routes that the code asks, and no others', () => {
    const found = Object.entries<object>(part.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
    )
    expect(found.sort()).toEqual(routesOfCode())
    expect(found.length).toBeGreaterThan(8)
  })

  test('is whole: made of itself, it is the same', () => {
    const examples = Object.keys(part.components.examples)
    expect(excerpt(part, routesOfCode(), examples)).toEqual(part)
  })

  test('names its licence, and is one that can be read', () => {
    expect(part.info.license).toMatchObject({ name: 'MIT' })
    expect(text.length).toBeLessThan(500_000)
  })

  test('knows what a request may have, and what not', () => {
    const create = describedApi(name).find('post', '/repos/acme/shop/deployments')
    const none = new URLSearchParams()
    expect(create?.faultsOfRequest(none, { ref: 'main', auto_merge: false })).toEqual([])
    expect(create?.faultsOfRequest(none, { ref: 'main', auto_merge: 'no' })).not.toEqual([])
    expect(create?.faultsOfRequest(none, { ref: 'main', merge: false })).not.toEqual([])
    expect(create?.faultsOfRequest(none, {})).not.toEqual([])
    expect(create?.faultsOfRequest(new URLSearchParams('page=2'), { ref: 'main' })).not.toEqual([])
    expect(create?.faultsOfAnswer(201, { id: 1 })).not.toEqual([])
    expect(create?.faultsOfAnswer(418, {})).toEqual([])
  })
})

test('an excerpt of what the description does not have is none', () => {
  expect(() => excerpt({ paths: {} }, ['GET /repos/{owner}/{repo}/wishes'], [])).toThrow(
    'has no paths /repos',
  )
})
