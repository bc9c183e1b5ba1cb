import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { registerLogger, validate } from '@actions/languageservice'
import { describe, expect, test } from 'vitest'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { parse } from 'yaml'
import { GREEN, RED } from '../../src/outcome.ts'
import { choose } from '../../src/runbook/choose.ts'
import { loadRunbook } from '../../src/runbook/load.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .map(name => join(folder, name))

const PAGES = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesIn('docs', '.md')]

interface Block {
  readonly page: string
  readonly language: string
  readonly text: string
}

/** The fenced blocks of a page, without the indentation that a list gives them. */
const blocksOf = (page: string): Block[] =>
  [...read(page).matchAll(/^( *)```(\w*)\n(.*?)^ *```$/gms)].map(
    ([, indent = '', language = '', text = '']) => ({
      page,
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  )

const blocks = PAGES.flatMap(blocksOf)
const withoutBlocks = (page: string): string => read(page).replaceAll(/^ *```.*?^ *```$/gms, '')

/** Anchors as GitHub makes them of headings: https://github.com/Flet/github-slugger */
const anchorsOf = (page: string): string[] =>
  [...withoutBlocks(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

describe.each(PAGES)('%s', page => {
  test('has no link that leads nowhere', () => {
    const links = [...withoutBlocks(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
    const dead = links.filter(([, to = '', anchor]) => {
      const goal = to === '' ? page : join(dirname(page), to)
      if (!existsSync(join(root, goal))) return true
      return anchor !== undefined && !anchorsOf(goal).includes(anchor)
    })
    expect(dead.map(([link]) => link)).toEqual([])
  })

  test('names no file that is not there', () => {
    const named = [
      ...read(page).matchAll(/`((?:src|test|scripts|schema|bench|examples|demo|dist)\/[^`\s*]*)[^`]*`/g),
    ]
    const missing = named.map(([, path = '']) => path).filter(path => !existsSync(join(root, path)))
    expect(missing).toEqual([])
  })

  test('calls no script that package.json does not have', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const called = [...read(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name)
    expect(called.filter(name => !Object.hasOwn(scripts, name))).toEqual([])
  })
})

describe('the README', () => {
  test('begins with the two commands that a newcomer runs', () => {
    expect(blocksOf('README.md')[0]).toMatchObject({
      language: 'sh',
      text: 'npm ci && npm run demo\nnpm test\n',
    })
  })
})

describe('the page for trouble', () => {
  const inSource = new Set(
    filesIn('src', '.ts').flatMap(path => read(path).match(/(?<=')RB-[A-Z]+(?:-[A-Z]+)*(?=')/g) ?? []),
  )
  const headings = read('docs/troubleshooting.md').match(/(?<=^### )RB-[A-Z-]+$/gm) ?? []

  test('has every code that a run can end with, and none that no run ends with', () => {
    expect(inSource.size).toBeGreaterThan(50)
    expect(headings.toSorted()).toEqual([...inSource].sort())
  })
})

describe('the page of outcomes', () => {
  test.each([...GREEN, ...RED])('says what %s means', outcome => {
    expect(read('docs/outcomes.md')).toContain(`\`${outcome}\``)
  })
})

// The language service swallows its own failures into the log.
const failures: string[] = []
const ignore = (): void => undefined
registerLogger({ error: text => void failures.push(text), warn: ignore, info: ignore, log: ignore })

describe('what readers copy', () => {
  const yaml = blocks.filter(({ language }) => language === 'yaml')
  const workflows = yaml.filter(({ text }) => /^jobs:$/m.test(text))
  const runbooks = yaml.filter(({ text }) => /^app:/.test(text))

  test('is found', () => {
    expect(workflows.length).toBeGreaterThanOrEqual(2)
    expect(runbooks.length).toBeGreaterThanOrEqual(2)
  })

  test.each(workflows.map(({ page, text }) => [page, text]))(
    'a workflow of %s is one for GitHub',
    async (page, text) => {
      // Where only the jobs are shown, what starts them is beside the point.
      const started = /^on:$/m.test(text) ? text : `on: workflow_dispatch\n${text}`
      // A job that stands in a template is only named.
      const whole = started.replace(
        /^ {2}# (\w+): as in the template.*$/m,
        '  $1: { runs-on: ubuntu-latest, steps: [{ run: ./deploy.sh }] }',
      )
      const found = await validate(TextDocument.create(`file:///docs/${page}.yml`, 'yaml', 1, whole))
      expect([...failures.splice(0), ...found.map(({ message }) => message)]).toEqual([])
      expect(text).not.toMatch(/run:.*\$\{\{/)
    },
  )

  test.each(yaml.map(({ page, text }) => [page, text]))(
    'the steps of %s give inputs that there are',
    (_, text) => {
      const { inputs } = parse(read('action.yml'))
      const given = inputsGiven(parse(text))
      expect(given.filter(name => !Object.hasOwn(inputs, name))).toEqual([])
    },
  )

  test.each(runbooks.map(({ page, text }) => [page, text]))(
    'a runbook of %s loads, and all of it can be run',
    (page, text) => {
      const runbook = loadRunbook(text, page)
      for (const environment of Object.keys(runbook.environments))
        for (const rollback of Object.keys(runbook.rollbacks)) choose(runbook, { environment, rollback })
    },
  )
})

/** Names below `with` of every step, wherever it stands, that uses our action. */
function inputsGiven(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const uses = 'uses' in value && typeof value.uses === 'string' ? value.uses : ''
  const given = 'with' in value && uses.startsWith('rollbook/rollbook@') ? Object.keys(value.with ?? {}) : []
  return [...given, ...Object.values(value).flatMap(inputsGiven)]
}
