import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { subAction } from '../../../scripts/docs/sub-action.mts'
import { beginOutputs } from '../../../src/report/outputs.ts'
import { INPUTS } from '../../../src/request/inputs.ts'
import { complaints } from '../../support/workflow-lint.ts'

const root = resolve(import.meta.dirname, '../../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('action.yml', () => {
  test('is what GitHub expects of an action', async () => {
    expect(await complaints('action.yml', read('action.yml'))).toEqual([])
  })

  test('is read by the check: a node that GitHub does not have is found', async () => {
    const broken = read('action.yml').replace('node24', 'node21')
    expect(await complaints('action.yml', broken)).toHaveLength(1)
  })

  test('has the inputs that the code reads, with their defaults as text', () => {
    const { inputs } = parse(read('action.yml'))
    expect(Object.keys(inputs)).toEqual(INPUTS.map(({ name }) => name))
    for (const input of INPUTS) expect(inputs[input.name].default).toBe(input.default)
  })

  test('has the outputs that the code sets', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'rollbook-outputs-')), 'output')
    writeFileSync(file, '')
    const before = process.env.GITHUB_OUTPUT
    process.env.GITHUB_OUTPUT = file
    try {
      beginOutputs()
    } finally {
      if (before === undefined) delete process.env.GITHUB_OUTPUT
      else process.env.GITHUB_OUTPUT = before
    }
    const names = [...readFileSync(file, 'utf8').matchAll(/^([a-z-]+)<</gm)].map(([, name]) => name)
    rmSync(dirname(file), { recursive: true })
    expect(Object.keys(parse(read('action.yml')).outputs)).toEqual(names)
  })

  test('starts files of the bundle, and always its post step', () => {
    expect(parse(read('action.yml')).runs).toEqual({
      using: 'node24',
      main: 'dist/main.js',
      post: 'dist/post.js',
      'post-if': 'always()',
    })
  })
})

describe('actions/rollback/action.yml', () => {
  const below = 'actions/rollback/action.yml'

  test('is what GitHub expects of an action', async () => {
    expect(await complaints(below, read(below))).toEqual([])
  })

  test('is the action of the root, and starts the same files', () => {
    const { branding, ...own } = parse(read('action.yml'))
    const { runs, ...copy } = parse(read(below))
    expect({ ...copy, runs: own.runs }).toEqual(own)
    expect(branding).toBeDefined()
    for (const stage of ['main', 'post'])
      expect(resolve(root, dirname(below), runs[stage])).toBe(resolve(root, own.runs[stage]))
  })

  test('can only be made of an action.yml that has what it needs', () => {
    expect(() => subAction('name: Rollbook\n', '../..')).toThrow('does not have the form')
  })
})
