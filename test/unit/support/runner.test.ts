import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Fixture, makeAction } from '../../support/action.ts'
import { makeFolder } from '../../support/folder.ts'
import { type ActionRun, type Job, runAction } from '../../support/runner.ts'

const run = async (fixture: Fixture | string, job: Omit<Job, 'action'> = {}): Promise<ActionRun> => {
  await using action = await makeAction(typeof fixture === 'string' ? { main: fixture } : fixture)
  return await runAction({ ...job, action: action.path })
}

/** A statement that appends to one of the runner's files; `text` may use the action's own variables. */
const appendTo = (name: string, text: string): string =>
  `;(await import('node:fs')).appendFileSync(process.env.GITHUB_${name}, \`${text}\`);`

describe('what an action is given', () => {
  const printEnvironment = `console.log(JSON.stringify(process.env))`
  const environmentOf = async (fixture: Partial<Fixture>, job: Omit<Job, 'action'> = {}) => {
    const { log } = await run({ main: printEnvironment, ...fixture }, job)
    return JSON.parse(log.find(line => line.startsWith('{')) ?? '{}')
  }

  test('declared inputs are always there, hyphens stay, spaces become underscores', async () => {
    const inputs = `  ssh-key:\n    required: true\n  dry run:\n    default: true\n  times:\n    default: 5`
    const env = await environmentOf({ inputs }, { inputs: { 'SSH-Key': ' as given ' } })
    expect(env).toMatchObject({ 'INPUT_SSH-KEY': ' as given ', INPUT_DRY_RUN: 'true', INPUT_TIMES: '5' })
  })

  test('a default may name the github context and nothing else', async () => {
    const inputs = '  token:\n    default: $' + '{{ github.token }}'
    expect(await environmentOf({ inputs }, { github: { token: 'ghs_1' } })).toMatchObject({
      INPUT_TOKEN: '***',
    })
    await expect(run({ main: '', inputs: inputs.replace('github.token', 'hashFiles()') })).rejects.toThrow(
      "can't evaluate `hashFiles()`",
    )
  })

  test('an input that the action does not know is handed on, with a warning', async () => {
    const { annotations, log } = await run(printEnvironment, { inputs: { tarjet: '41' } })
    expect(annotations[0]).toMatchObject({ level: 'warning', message: expect.stringContaining("'tarjet'") })
    expect(log.join()).toContain('"INPUT_TARJET":"41"')
  })

  test('it sees the job and not the machine: no GITHUB_TOKEN, nothing of our own environment', async () => {
    process.env.OF_THE_TEST_ITSELF = 'leaked'
    const env = await environmentOf({}, { env: { DEPLOY_ENV: 'production' } })
    delete process.env.OF_THE_TEST_ITSELF
    expect(env).toMatchObject({
      DEPLOY_ENV: 'production',
      GITHUB_ACTIONS: 'true',
      CI: 'true',
      GITHUB_JOB: 'rollback',
    })
    expect(env).not.toHaveProperty('GITHUB_TOKEN')
    expect(env).not.toHaveProperty('OF_THE_TEST_ITSELF')
  })

  test('its standard input is closed and its folder is the workspace', async () => {
    await using workspace = await makeFolder()
    await writeFile(join(workspace.path, 'file'), 'from the workspace')
    const main = `import { readFileSync } from 'node:fs'; console.log(readFileSync('file') + readFileSync(0))`
    expect((await run(main, { cwd: workspace.path })).log).toEqual(['from the workspace'])
  })

  test('it runs on Node 24', async () => {
    expect((await run('console.log(process.version)')).log[0]).toMatch(/^v24\./)
  })
})

describe('what an action leaves', () => {
  test('with the real toolkit: outputs, state for post, summaries, a mask', async () => {
    const core = pathToFileURL(join(import.meta.dirname, '../../../node_modules/@actions/core/lib/core.js'))
    const end = await run({
      main: `import * as core from '${core}'
        core.setSecret('s3cret')
        core.saveState('phase', 'switched')
        core.setOutput('plan', 'one\\ntwo')
        core.info('the word is s3cret')
        await core.summary.addRaw('first line s3cret\\n').write()`,
      post: `import * as core from '${core}'
        core.info('post knows ' + core.getState('phase') + ', says s3cret')
        await core.summary.addRaw('of post').write()`,
    })
    expect(end).toMatchObject({ conclusion: 'success', exitCode: 0, outputs: { plan: 'one\ntwo' } })
    expect(end.summary).toBe('first line ***\nof post')
    expect(end.log).toEqual(['the word is ***', 'post knows switched, says ***'])
    expect(end.rawLog).toContain('the word is s3cret')
  })

  test('the files that outputs name can be read, and nothing else is left on the disk', async () => {
    const main = `import { writeFileSync } from 'node:fs'
      const file = process.env.RUNNER_TEMP + '/record.json'
      writeFileSync(file, '{"schema":1}')
      ${appendTo('OUTPUT', 'record=$' + '{file}')}`
    const end = await run(main)
    expect(end.outputFiles).toEqual({ record: '{"schema":1}' })
    await expect(readFile(end.outputs.record ?? '')).rejects.toThrow('ENOENT')
    await expect(readdir(join(end.outputs.record ?? '', '../..'))).rejects.toThrow('ENOENT')
  })

  test('an output before a mistake in the file counts, and the step fails in the words of the runner', async () => {
    const end = await run(appendTo('OUTPUT', 'outcome=restored\nplan<<END\nno end'))
    expect(end).toMatchObject({ conclusion: 'failure', exitCode: 0, outputs: { outcome: 'restored' } })
    expect(end.annotations.map(({ message }) => message)).toContain(
      'Invalid value. EOF marker missing new line.',
    )
  })

  test('a summary over one mebibyte is lost as a whole; the step stays green', async () => {
    const main = `import { writeFileSync } from 'node:fs'
      writeFileSync(process.env.GITHUB_STEP_SUMMARY, 'x'.repeat(1024 * 1024 + 1))`
    const end = await run(main)
    expect(end).toMatchObject({ summary: '', conclusion: 'success' })
    expect(end.annotations[0]?.message).toContain('1024k')
  })

  test('env and path reach post; NODE_OPTIONS does not', async () => {
    const end = await run({
      main: appendTo('ENV', 'COLOUR=green\nNODE_OPTIONS=--inspect\n') + appendTo('PATH', '/opt/tool\n'),
      post: `console.log(process.env.COLOUR, process.env.NODE_OPTIONS)`,
    })
    expect(end).toMatchObject({ env: { COLOUR: 'green' }, path: ['/opt/tool'] })
    expect(end.post?.log).toEqual(['green undefined'])
  })

  test('an exit code makes the step red and post still runs', async () => {
    const end = await run({ main: 'process.exit(3)', post: `console.log('tidied')` })
    expect(end).toMatchObject({ exitCode: 3, conclusion: 'failure', post: { exitCode: 0, log: ['tidied'] } })
  })

  test('a post that fails makes a green run red', async () => {
    expect(await run({ main: '', post: 'process.exit(1)' })).toMatchObject({
      exitCode: 0,
      conclusion: 'failure',
    })
  })
})

describe('what a host could do to a runner through our output', () => {
  const print = (text: string, stream = 'stdout') => `process.${stream}.write(${JSON.stringify(text)})`

  test('`::` counts at the start of a line, also on stderr and after a lone carriage return', async () => {
    const end = await run(
      `${print('  ::warning::a\nsays ::warning::b\nx\r::warning::c\n')};${print('::warning::d', 'stderr')}`,
    )
    expect(end.annotations.map(({ message }) => message).sort()).toEqual(['a', 'c', 'd'])
  })

  test('`##[` counts anywhere in a line', async () => {
    const end = await run(print('progress 40 % ##[error file=a.php]gone\n'))
    expect(end.annotations).toEqual([{ level: 'error', message: 'gone', properties: { file: 'a.php' } }])
  })

  test('`::set-env` does nothing but fail a green step', async () => {
    const end = await run(print('::set-env name=PATH::/evil\n'))
    expect(end).toMatchObject({ exitCode: 0, conclusion: 'failure', env: {} })
  })

  test('between stop-commands and its token everything is text', async () => {
    const end = await run(
      print('::stop-commands::tok-1234567\n::error::no\n##[error]no\n::tok-1234567::\n::error::yes\n'),
    )
    expect(end.annotations).toMatchObject([{ message: 'yes' }])
    expect(end.log).toContain('::error::no')
    expect(end.commands.map(({ name }) => name)).toEqual(['stop-commands', 'error'])
  })

  test('a secret of several lines is hidden line by line, also as Base64 or in a URL, in log and messages', async () => {
    const secret = 'line one&\nline two'
    const shown = [secret, btoa(secret), encodeURIComponent('line one&')]
    const end = await run(`${print(`${shown.join('\n')}\n::error::line two\n`)}`, { secrets: [secret] })
    expect(end.log).toEqual(['***', '***', '***', '***', '##[error]***'])
    expect(end.annotations[0]?.message).toBe('***')
  })

  test('ten annotations of a level are kept; the log has them all', async () => {
    const end = await run(print('::notice::n\n'.repeat(12)))
    expect(end.annotations).toHaveLength(10)
    expect(end.log).toHaveLength(12)
  })
})

describe('how a run is stopped', () => {
  const patience = { interrupt: 250, terminate: 250, streams: 250 }
  const wait = 'console.log("waiting"); setInterval(() => {}, 1000);'
  const onceWaiting = (how: 'SIGINT' | 'SIGKILL') => (line: string) => (line === 'waiting' ? how : undefined)

  test('an action that listens to SIGINT ends in its own way, and its outputs count', async () => {
    const main = `${appendTo('OUTPUT', 'outcome=refused\n')} process.on('SIGINT', () => process.exit(1)); ${wait}`
    const end = await run({ main, post: 'console.log("tidied")' }, { until: onceWaiting('SIGINT'), patience })
    expect(end).toMatchObject({
      conclusion: 'cancelled',
      exitCode: 1,
      sent: ['SIGINT'],
      outputs: { outcome: 'refused' },
    })
    expect(end.post?.log).toEqual(['tidied'])
  })

  test('one that does not is sent SIGTERM and then killed; post runs with the state that was saved', async () => {
    const main = `${appendTo('STATE', 'phase=switch\n')} for (const s of ['SIGINT', 'SIGTERM']) process.on(s, () => {}); ${wait}`
    const post = 'console.log(process.env.STATE_phase)'
    const end = await run({ main, post }, { until: onceWaiting('SIGINT'), patience })
    expect(end).toMatchObject({ sent: ['SIGINT', 'SIGTERM', 'SIGKILL'], signal: 'SIGKILL', exitCode: 137 })
    expect(end.post?.log).toEqual(['switch'])
  })

  test('a runner that dies kills node and not what node has started', async () => {
    await using folder = await makeFolder()
    const file = join(folder.path, 'alive')
    const main = `import { spawn } from 'node:child_process'
      spawn('/bin/sh', ['-c', 'sleep 0.5; echo yes > "$1"', 'sh', ${JSON.stringify(file)}], { stdio: 'inherit' }); ${wait}`
    const end = await run(main, { until: onceWaiting('SIGKILL'), patience: { ...patience, streams: 5_000 } })
    expect(end).toMatchObject({ conclusion: 'failure', signal: 'SIGKILL', sent: ['SIGKILL'] })
    expect(await readFile(file, 'utf8')).toBe('yes\n')
  })

  test('by time, and by a promise', async () => {
    expect(await run(wait, { signalAfter: 300, patience })).toMatchObject({ conclusion: 'cancelled' })
    expect(await run(wait, { killAfter: 300, patience })).toMatchObject({ signal: 'SIGKILL' })
    expect(await run(wait, { when: Promise.resolve('SIGKILL'), patience })).toMatchObject({
      signal: 'SIGKILL',
    })
  })
})
