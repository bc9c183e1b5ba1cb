import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { registerLogger, validate } from '@actions/languageservice'
import { describe, expect, test } from 'vitest'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { parse } from 'yaml'
import { beginOutputs } from '../../src/report/outputs.ts'
import { INPUTS } from '../../src/request/inputs.ts'
import { brokenRules } from '../support/workflow-rules.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const workflows = readdirSync(join(root, '.github/workflows')).map(name => `.github/workflows/${name}`)

// The language service swallows its own failures into the log; without this, a crash would look like a valid file.
const failures: string[] = []
const fail = (message: string): void => void failures.push(message)
const ignore = (): void => undefined
registerLogger({ error: fail, warn: ignore, info: ignore, log: ignore })

let documents = 0

/** What GitHub's own language service says of a file, in words. It keeps results by URI, so each text gets a fresh one. */
const complaints = async (name: string, text: string): Promise<string[]> => {
  documents += 1
  const found = await validate(TextDocument.create(`file:///${documents}/${name}`, 'yaml', 1, text))
  return [
    ...failures.splice(0),
    ...found.map(({ range, message }) => `line ${range.start.line + 1}: ${message}`),
  ]
}

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

describe.each(workflows)('%s', path => {
  test('is a workflow that GitHub understands', async () => {
    expect(await complaints(path, read(path))).toEqual([])
  })

  test('keeps our rules', () => {
    expect(brokenRules(read(path))).toEqual([])
  })
})

describe('the rules for workflows', () => {
  const good = `permissions: {}
jobs:
  a:
    permissions:
      contents: read # to check out
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: ./
      - run: echo "$NAME"
        env:
          NAME: \${{ github.actor }}
`

  test.each([
    ['nothing', '', '', []],
    [
      'a tag',
      '@3d3c42e5aac5ba805825da76410c181273ba90b1',
      '@v7',
      ['line 7: actions/checkout@v7 is not pinned'],
    ],
    ['half a commit', '@3d3c42e5aac5ba805825da76410c181273ba90b1', '@3d3c42e', ['line 7: ']],
    ['a pin of no known version', ' # v7.0.1', '', ['line 7: ']],
    ['a reference to nothing', './\n', '$/\n', ['line 10: $/ is not pinned']],
    [
      'rights for all jobs',
      'permissions: {}',
      'permissions: { contents: read }',
      ['line 1: ', 'line 1: contents'],
    ],
    ['all rights', '\n      contents: read # to check out', ' write-all', ['line 4: permissions: write-all']],
    ['a right without a reason', ' # to check out', '', ['line 4: contents is granted without']],
    ['a token left behind', 'credentials: false', 'credentials: true', ['line 7: checkout leaves']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub Actions
    ['an expression in a script', '"$NAME"', '${{ github.actor }}', ['line 11: run: pastes']],
  ])('find %s', (_, part, instead, expected) => {
    const broken = brokenRules(good.replace(part, instead))
    expect(broken).toHaveLength(expected.length)
    for (const [at, beginning] of expected.entries()) expect(broken[at]).toContain(beginning)
  })
})
