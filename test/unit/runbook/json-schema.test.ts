import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { runbookJsonSchema } from '../../../scripts/json-schema.mts'
import { LATER } from '../../../src/kind/later.ts'
import { KINDS } from '../../../src/kind/table.ts'
import { runbook } from './fixture.ts'
import { breaks } from './schema-check.ts'

const schema: Readonly<Record<string, unknown>> = { ...runbookJsonSchema(KINDS) }
const problem = (text: string) => breaks(parse(text), schema, schema)
const file = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

describe('the JSON Schema that editors use', () => {
  test.each(['aura-flow', 'easy-erp', 'fap-api', 'ssalgten', 'template'])('accepts %s', name => {
    expect(problem(file(`examples/runbooks/${name}.yml`))).toBeUndefined()
  })

  test.each([
    ['an unknown key', runbook('swtich: []'), '$.rollbacks.release: unknown swtich'],
    ['a kind in the wrong phase', runbook('start: [ { http: / } ]'), '$.rollbacks.release.start[0]: anyOf'],
    ['a wrong option', runbook('verify: [ { http: /, atempts: 1 } ]'), '$.rollbacks.release.verify: anyOf'],
    [
      'a wrong item inside any',
      runbook('verify: [ { any: [ { tail: /x } ] } ]'),
      '$.rollbacks.release.verify: anyOf',
    ],
    ['a time without a unit', runbook('rto: "30"'), '$.rollbacks.release.rto: pattern'],
    ['no hosts', 'app: a\nenvironments: { p: {} }\nrollbacks: {}', '$.environments.p: lacks hosts'],
  ])('refuses %s', (_, text, where) => {
    expect(problem(text)).toBe(where)
  })

  test('knows every kind', () => {
    const text = JSON.stringify(schema)
    const written = KINDS.filter(kind => kind.phases.length > 0)
    for (const name of [...written.map(kind => kind.name), ...Object.keys(LATER)])
      expect(text).toContain(`"${name}":`)
    for (const kind of written) expect(text).toContain(JSON.stringify(kind.says))
  })

  test('is the file that ships', () => {
    expect(JSON.parse(file('schema/rollbook.schema.json'))).toEqual(JSON.parse(JSON.stringify(schema)))
  })
})
