import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { finalWords } from '../../../src/report/annotate.ts'
import { incidentMarkdown } from '../../../src/report/incident.ts'
import { plainLog } from '../../../src/report/log.ts'
import { Masker } from '../../../src/report/mask.ts'
import { beginOutputs, setOutputs } from '../../../src/report/outputs.ts'
import { publish } from '../../../src/report/publish.ts'
import { writeRecord } from '../../../src/report/record.ts'
import { secretForms } from '../../../src/report/secret-forms.ts'
import { HOSTILE } from '../../support/hostile.ts'
import { stories } from '../../support/report-stories.ts'
import { backup, check, host, report, step } from '../../support/reports.ts'

let folder = ''
let stdout = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollbook-report-'))
  await writeFile(join(folder, 'output'), '')
  await writeFile(join(folder, 'summary'), '')
  vi.stubEnv('GITHUB_OUTPUT', join(folder, 'output'))
  vi.stubEnv('GITHUB_STEP_SUMMARY', join(folder, 'summary'))
  stdout = ''
  vi.spyOn(process.stdout, 'write').mockImplementation(chunk => {
    stdout += String(chunk)
    return true
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

/** The outputs as the runner reads them: the last value of a name counts. */
async function outputs(): Promise<Record<string, string>> {
  const text = await readFile(join(folder, 'output'), 'utf8')
  return Object.fromEntries(
    [...text.matchAll(/^(.+?)<<(ghadelimiter_.+)\n([\s\S]*?)\n\2$/gm)].map(found => [found[1], found[3]]),
  )
}
const nothing = new Masker()
const quiet = plainLog({ write: () => undefined }, nothing)

describe('outputs', () => {
  test('begin at the honest negative, so that a killed run never looks like a good one', async () => {
    beginOutputs()
    expect(await outputs()).toEqual({
      outcome: 'refused',
      'run-id': '',
      from: '',
      to: '',
      duration: '',
      'rto-met': '',
      backups: '[]',
      record: '',
      report: '',
      plan: '',
      junit: '',
      decision: '',
    })
  })

  test('are upgraded to what the run came to', async () => {
    beginOutputs()
    expect(
      setOutputs(stories.rolledBack, { record: '/r.json', report: '/r.md', plan: '/p.json' }, nothing),
    ).toEqual([])
    const set = await outputs()
    expect(set).toMatchObject({
      outcome: 'rolled-back',
      from: '42',
      to: '41',
      duration: '8.412',
      'rto-met': 'true',
      record: '/r.json',
      report: '/r.md',
      plan: '/p.json',
    })
    const { level: _, ...told } = backup()
    expect(JSON.parse(set.backups ?? '')).toEqual([told])
  })

  test('leave rto-met empty when there is no target', async () => {
    setOutputs(stories.clear, { record: '', report: '', plan: '' }, nothing)
    expect((await outputs())['rto-met']).toBe('')
  })

  test('that hold a secret are left out with a warning, and the others are set', async () => {
    const masker = new Masker([{ name: 'PATH_SECRET', value: '/var/backups' }])
    for (const given of [stories.rolledBack, masker.maskDeep(stories.rolledBack)]) {
      expect(setOutputs(given, { record: '', report: '', plan: '' }, masker)).toEqual([
        expect.stringMatching(/^The output backups is left empty because it holds the value of a secret/),
      ])
      expect(await outputs()).toMatchObject({ backups: '[]', to: '41' })
    }
  })

  test('can not be forged from a release name', async () => {
    const to = '41\nEOF\noutcome=rolled-back\nghadelimiter_x'
    setOutputs(report({ outcome: 'restored', to }), { record: '', report: '', plan: '' }, nothing)
    expect(await outputs()).toMatchObject({ outcome: 'restored', to })
  })
})

describe('the record', () => {
  test('is the report as JSON, for its owner alone', async () => {
    const path = await writeRecord(stories.restored, join(folder, 'records'))
    expect(path).toBe(join(folder, 'records', 'rollbook-20261120T141055Z-8d1f.json'))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(stories.restored)))
  })

  test('is replaced whole, and follows no link that was put in its place', async () => {
    const victim = join(folder, 'victim')
    await writeFile(victim, 'mine')
    await symlink(victim, join(folder, 'rollbook-20261120T141055Z-8d1f.json'))
    const path = await writeRecord(stories.restored, folder)
    await writeRecord(stories.rolledBack, folder)
    expect(await readFile(victim, 'utf8')).toBe('mine')
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ outcome: 'rolled-back' })
  })

  test('stays in its folder whatever the run is called', async () => {
    expect(await writeRecord(report({ run: '../../x/y' }), folder)).toBe(
      join(folder, 'rollbook-..-..-x-y.json'),
    )
  })
})

describe('the last annotation', () => {
  test('is an error with the remedy when the step is red, and a notice when it is green', async () => {
    await publish(stories.restored, nothing, quiet, { folder, plan: '' })
    expect(stdout).toContain(
      '::error title=fap-api · production is where it was%3A on 42::41 was switched on and did not pass `GET /healthz` (503, 10 tries in 34 s).%0A→ Run again with `target: 40`.',
    )
    stdout = ''
    await publish(stories.rolledBack, nothing, quiet, { folder, plan: '' })
    expect(stdout).toContain('::notice title=fap-api · production is back on release 41::')
  })

  test('is never longer than the runner shows', () => {
    const message = 'very long. '.repeat(2000)
    expect(
      finalWords(report({ outcome: 'refused', failure: { code: 'RB-X', message, remedy: [message] } }))
        .message.length,
    ).toBeLessThanOrEqual(4096)
  })

  test('can not carry a command', async () => {
    for (const evil of HOSTILE) {
      stdout = ''
      const failure = { code: 'RB-X', message: evil, remedy: [evil] }
      await publish(report({ outcome: 'refused', app: evil, failure }), nothing, quiet, { folder, plan: '' })
      expect(stdout.trim().split(/\r\n|\r|\n/)).toHaveLength(1)
      expect(stdout).toMatch(/^::error title=/)
      expect(stdout).not.toContain('##[')
    }
  })
})

describe('the incident report', () => {
  test('lies beside the record, for its owner alone, and the output `report` names it', async () => {
    const record = await publish(stories.restored, nothing, quiet, { folder, plan: '' })
    const { report: path = '' } = await outputs()
    expect(path).toBe(record.replace(/json$/, 'md'))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path, 'utf8')).toBe(incidentMarkdown(stories.restored))
  })

  test.each(['refused', 'unchanged', 'planned', 'clear', 'statusFine'] as const)(
    'there is none for what changed nothing: %s',
    async story => {
      await publish(stories[story], nothing, quiet, { folder, plan: '' })
      expect((await outputs()).report).toBe('')
      expect((await readdir(folder)).filter(name => name.endsWith('.md'))).toEqual([])
    },
  )
})

describe('what can not be written', () => {
  test('is a warning, and the rest is told all the same', async () => {
    vi.stubEnv('GITHUB_STEP_SUMMARY', join(folder, 'not', 'there'))
    vi.stubEnv('GITHUB_OUTPUT', join(folder, 'not', 'there'))
    const said: string[] = []
    const log = plainLog({ write: text => said.push(text) }, nothing)
    const record = await publish(stories.rolledBack, nothing, log, {
      folder: join(folder, 'output'),
      plan: '',
    })
    expect(record).toBe('')
    expect(said.join('')).toMatch(
      /The record could not be written[\s\S]*The report could not[\s\S]*The outputs could not[\s\S]*The summary could not/,
    )
    expect(stdout).toContain('::notice')
  })
})

describe('a secret that a host printed', () => {
  const PASSWORD = `p'a"s|s\\w<?>rd & *42*`
  test('is in no record, no summary, no output, no annotation', async () => {
    const masker = new Masker([{ name: 'DB_PASSWORD', value: PASSWORD }])
    const spoken = [
      PASSWORD,
      Buffer.from(PASSWORD).toString('base64'),
      Buffer.from(`fap:${PASSWORD}`).toString('base64'),
      encodeURIComponent(PASSWORD),
      JSON.stringify(PASSWORD),
      `'${PASSWORD.replaceAll("'", "'\\''")}'`,
      Buffer.from(PASSWORD).toString('hex'),
    ]
    const text = `connect with ${spoken.join(' or ')} failed`
    const leaky = report({
      outcome: 'restored',
      from: PASSWORD,
      reason: text,
      hosts: [host('web-1', { message: text, live: PASSWORD })],
      steps: [step({ status: 'failed', title: text, output: [text, ...spoken] })],
      checks: [check(text, { status: 'failed', detail: text })],
      backups: [backup({ path: `/b/${PASSWORD}` })],
      preflight: [text],
      warnings: [text],
      failure: { code: 'RB-X', message: text, remedy: [text], table: { head: ['a'], rows: [[text]] } },
      diagnosis: [{ host: 'web-1', title: text, lines: [text] }],
      undo: [{ host: 'web-1', command: text }],
    })
    beginOutputs()
    const record = await publish(leaky, masker, quiet, { folder, plan: '' })
    const incident = (await outputs()).report ?? ''
    const files = await Promise.all(
      [record, join(folder, 'summary'), incident, join(folder, 'output')].map(path => readFile(path, 'utf8')),
    )
    expect(files[0]).toContain('connect with ***')
    for (const page of files.slice(1, 3)) expect(page).toContain('connect with &#42;&#42;&#42;')
    for (const shown of [...files, stdout]) {
      for (const form of [...secretForms(PASSWORD), 'w&#60;?&#62;rd', '*42*', 'rd &'])
        expect(shown).not.toContain(form)
    }
    expect(await outputs()).toMatchObject({ from: '', backups: '[]', outcome: 'restored' })
  })
})
