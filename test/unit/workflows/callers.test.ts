import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

// Those who call our workflows as the docs show it: does what they give and grant let them start?

const root = resolve(import.meta.dirname, '../../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

type Keys = Readonly<Record<string, unknown>>

interface Call {
  readonly page: string
  readonly file: string
  readonly job: Keys
}

const keysOf = (value: unknown): string[] => Object.keys((value as Keys | undefined) ?? {})

/** Jobs that call one of ours, wherever they stand. */
const callsIn = (value: unknown, page: string): Call[] => {
  if (typeof value !== 'object' || value === null) return []
  const { uses } = value as Keys
  const file = /^rollbook\/rollbook\/(\.github\/workflows\/.+)@/.exec(String(uses))?.[1]
  const own = file === undefined ? [] : [{ page, file, job: value as Keys }]
  return [...own, ...Object.values(value).flatMap(each => callsIn(each, page))]
}

const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.md'))
  .map(name => `docs/${name}`)
const calls = pages.flatMap(page =>
  [...read(page).matchAll(/^( *)```yaml\n(.*?)^ *```$/gms)].flatMap(([, indent = '', text = '']) =>
    callsIn(parse(text.replaceAll(new RegExp(`^${indent}`, 'gm'), '')), page),
  ),
)

const LEVELS = ['none', 'read', 'write']
const level = (value: unknown): number => LEVELS.indexOf(String(value ?? 'none'))

test('there are such calls', () => {
  expect(new Set(calls.map(({ file }) => file)).size).toBeGreaterThan(1)
})

describe.each(calls)('$file, as $page calls it', ({ file, job }) => {
  const callee = parse(read(file))
  const { inputs, secrets } = callee.on.workflow_call
  const needed = (declared: Record<string, { required?: boolean }>): string[] =>
    Object.entries(declared).flatMap(([name, { required }]) => (required ? [name] : []))

  test('gets what it needs, and nothing that it does not know', () => {
    expect(keysOf(inputs)).toEqual(expect.arrayContaining(keysOf(job.with)))
    expect(keysOf(job.with)).toEqual(expect.arrayContaining(needed(inputs)))
    expect(keysOf(secrets)).toEqual(expect.arrayContaining(keysOf(job.secrets)))
    expect(keysOf(job.secrets)).toEqual(expect.arrayContaining(needed(secrets)))
  })

  test('is granted all that it declares, without which GitHub does not even start the run', () => {
    for (const { permissions } of Object.values<{ permissions: Keys }>(callee.jobs))
      for (const [name, wanted] of Object.entries(permissions))
        expect(level((job.permissions as Keys | undefined)?.[name]), name).toBeGreaterThanOrEqual(
          level(wanted),
        )
  })

  test('is in no queue of its caller, which would wait for itself', () => {
    expect(job.concurrency).toBeUndefined()
  })
})
