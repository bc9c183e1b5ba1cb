import { describe, expect, test } from 'vitest'
import { withRunbookSecrets } from '../../../src/request/runbook-secrets.ts'

type Variables = Readonly<Record<string, string | undefined>>

const read = (text: string, others: Variables = {}) => {
  const learned: [string, string][] = []
  const variables = withRunbookSecrets({ ...others, RUNBOOK_SECRETS: text }, (name, value) => {
    learned.push([name, value])
  })
  return { variables, learned }
}

/** The message of the refusal; fails when there is none. */
const refused = (text: string, others: Variables = {}): string => {
  try {
    read(text, others)
  } catch (error) {
    expect(error).toMatchObject({ code: 'RB-RUNBOOK-SECRETS' })
    return String(error)
  }
  throw new Error('it was taken')
}

describe('the secrets of a runbook, in one variable', () => {
  test('are read line by line, each as it stands', () => {
    const { variables } = read('DB_PASSWORD=a=b "c" \'d\' $e  \n\n  API_TOKEN=x<<y\r\nEMPTY=\n')
    expect(variables).toEqual({ DB_PASSWORD: 'a=b "c" \'d\' $e  ', API_TOKEN: 'x<<y', EMPTY: '' })
  })

  test('may have several lines, up to a word of their own', () => {
    const { variables } = read(
      'KEY<<END_OF_KEY\n-----BEGIN KEY-----\n\n  END_OF_KEY is not it\nPATH=1\nEND_OF_KEY\nB=2',
    )
    expect(variables).toEqual({
      KEY: '-----BEGIN KEY-----\n\n  END_OF_KEY is not it\nPATH=1',
      B: '2',
    })
  })

  test('are each made known, to be masked on its own', () => {
    const { learned } = read('A_TOKEN=hush-1\nB_KEY<<E\nhush-2\nhush-3\nE')
    expect(learned).toEqual([
      ['A_TOKEN', 'hush-1'],
      ['B_KEY', 'hush-2\nhush-3'],
    ])
  })

  test('stand beside those of the step, and are no variable of the process', () => {
    const { variables } = read('API_TOKEN=x', { DB_PASSWORD: 'y', API_TOKEN: '' })
    expect(variables).toEqual({ DB_PASSWORD: 'y', API_TOKEN: 'x' })
    expect(process.env).not.toHaveProperty('API_TOKEN')
  })

  test('may say the same as the step does', () => {
    expect(read('API_TOKEN=x', { API_TOKEN: 'x' }).variables).toEqual({ API_TOKEN: 'x' })
  })

  test('are none where the variable is empty, as GitHub has it for a secret that is not there', () => {
    expect(read('', { HOME: '/root' }).variables).toEqual({ HOME: '/root' })
    expect(withRunbookSecrets({ HOME: '/root' }, () => {})).toEqual({ HOME: '/root' })
  })
})

describe('a line that cannot be used', () => {
  test.each([
    ['no name', 'A=1\n=hush-4711', ['line 2: expected NAME=value']],
    ['only a value', 'hush-4711', ['line 1: expected NAME=value']],
    ['a name that is none', 'HUSH-4711=1', ['line 1: expected NAME=value']],
    ['a space before the sign', 'HUSH_4711 =1', ['line 1: expected NAME=value']],
    ['an end that never comes', 'A=1\nHUSH_4711<<EOF\nhush-4711\nEOF.', ['line 2: a value of several lines']],
    ['no closing word', 'HUSH_4711<<\nhush-4711\n', ['line 1: a value of several lines']],
    ['a name twice', 'HUSH_4711=1\nB=2\nHUSH_4711=3', ['line 3: its name stands in a line above']],
    [
      'several of them, with all of their numbers',
      'A<<E\nhush\nE\nhush-4711\nPATH=hush-4711',
      ['line 4: expected', 'line 5: its name means something'],
    ],
  ])('%s: named by its number, never quoted', (_, text, said) => {
    const message = refused(text)
    for (const words of said) expect(message).toContain(words)
    expect(message.match(/line \d+:/g)).toHaveLength(said.length)
    expect(message).not.toMatch(/hush|4711/i)
  })

  test.each([
    ...['PATH', 'HOME', 'USER', 'IFS', 'BASH_ENV', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES', 'NODE_OPTIONS'],
    ...['NODE_EXTRA_CA_CERTS', 'GITHUB_API_URL', 'GITHUB_REPOSITORY', 'ACTIONS_RUNTIME_TOKEN', 'RUNNER_TEMP'],
    ...['INPUT_TOKEN', 'STATE_run', 'ROLLBOOK_TO', 'SSH_AUTH_SOCK', 'https_proxy', 'HTTPS_PROXY', 'CI'],
    ...['RUNBOOK_SECRETS', 'github_api_url'],
  ])('%s: what the runner or the shell goes by is nobody’s secret', name => {
    expect(refused(`${name}=x`)).toContain('line 1: its name means something')
  })

  test('two values for one name, in the step and here: nobody guesses which is meant', () => {
    const message = refused('A=1\nAPI_TOKEN=hush-1', { API_TOKEN: 'hush-2' })
    expect(message).toContain('line 2: the step has a variable of that name')
    expect(message).not.toContain('hush')
  })

  test('does not keep the others from being masked', () => {
    const learned: string[] = []
    expect(() =>
      withRunbookSecrets({ RUNBOOK_SECRETS: 'nonsense\nA_TOKEN=hush-1' }, name => learned.push(name)),
    ).toThrow('line 1')
    expect(learned).toEqual(['A_TOKEN'])
  })
})
