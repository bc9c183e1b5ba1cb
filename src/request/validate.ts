import { EVERY_RELEASE } from '../release/ledger.ts'
import { isKeyLike, shownGiven } from '../runbook/given.ts'
import { nameProblem } from '../runbook/names.ts'
import { hint } from '../runbook/nearest.ts'
import { BadInput, type Complain, type InputProblem, type Inputs } from './bad-input.ts'
import { DEFAULT_RUNBOOK, INPUTS } from './inputs.ts'
import { linesOf, parseParameters } from './lines.ts'
import { OPERATIONS, type Operation, RECORDED_STATES, type Request, type RequestSource } from './request.ts'
import { inputsSource } from './source.ts'
import { targetProblem } from './target.ts'

/**
 * Makes a request of inputs. Pure; an empty input is one that was not given, and has the default of `INPUTS`.
 *
 * @param inputs texts by the name of the input.
 * @param agentSocket value of `SSH_AUTH_SOCK`.
 * @throws BadInput with all that is wrong.
 */
export function requestFrom(inputs: Inputs, agentSocket?: string): Request {
  const problems: InputProblem[] = []
  const complain: Complain = (field, message) => {
    problems.push({ field, message })
  }
  const raw = withoutKeys(inputs, complain)
  const given = (name: string): string | undefined => raw[name]?.trim() || undefined
  const checked = (name: string, problem: (text: string) => string | undefined): string | undefined => {
    const text = given(name)
    const wrong = text === undefined ? undefined : problem(text)
    if (wrong !== undefined) complain(name, `Given ${shownGiven(text)}. ${wrong}`)
    return text
  }
  const oneOf = <Word extends string>(name: string, words: readonly Word[], otherwise: Word): Word => {
    const text = given(name)
    if (text === undefined) return otherwise
    const word = words.find(each => each === text)
    if (word === undefined)
      complain(name, `Given ${shownGiven(text)}. Expected ${words.join(', ')}.${near(text, words)}`)
    return word ?? otherwise
  }

  const operation = oneOf<Operation>('operation', OPERATIONS, 'rollback')
  complainOfStrays(operation, given, complain)
  const state = oneOf('state', RECORDED_STATES, 'good')
  const problemOfTarget =
    operation === 'record' && state === 'free' && given('target') === EVERY_RELEASE
      ? () => undefined
      : targetProblem
  const target = checked('target', problemOfTarget) ?? (operation === 'record' ? '' : 'previous')
  const runId = checked('run-id', runIdProblem)
  const common = {
    environment: checked('environment', nameProblem),
    rollback: checked('rollback', nameProblem),
    target,
    reason: reasonFrom(given('reason') ?? '', complain),
    confirm: given('confirm'),
    parameters: parseParameters(raw.parameters ?? '', complain),
    escalate: truth('escalate', given('escalate') ?? 'false', complain),
    state,
    drill: checked('drill', nameProblem),
    ssh: {
      // Both as they are: a passphrase may well end in a space.
      privateKey: raw['ssh-private-key'] || undefined,
      passphrase: raw['ssh-passphrase'] || undefined,
      agentSocket: agentSocket || undefined,
    },
    knownHosts: raw['known-hosts'] ?? '',
    token: given('token'),
    source: sourceFrom(raw, complain),
  }
  if (problems.length > 0) throw new BadInput(problems)
  return { ...common, operation, runId }
}

/** A key in the place of something else must not be read any further: messages and records would show it. */
function withoutKeys(inputs: Inputs, complain: Complain): Inputs {
  const misplaced = INPUTS.filter(({ name, secret }) => !secret && isKeyLike(inputs[name] ?? '')).map(
    ({ name }) => name,
  )
  for (const name of misplaced) {
    complain(
      name,
      'This is a key or a token, and does not belong here. A private key goes to ssh-private-key.',
    )
  }
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !misplaced.includes(name)))
}

const near = (text: string, words: readonly string[]): string => {
  const said = hint(text, words)
  return said.includes('Did you mean') ? said : ''
}

/** An input that the operation would ignore is a sign that something else was meant. */
function complainOfStrays(
  operation: Operation,
  given: (name: string) => string | undefined,
  complain: Complain,
): void {
  for (const input of INPUTS) {
    const text = given(input.name)
    if (input.only === undefined || input.only.includes(operation)) continue
    if (text === undefined || text === input.default) continue
    const meant =
      input.name === 'target' ? `${operation} takes no target.` : `It is for ${input.only.join(' and ')}.`
    complain(
      input.name,
      `Given ${shownGiven(text)}, but the operation is ${operation}. ${meant} Leave it empty, or choose another operation.`,
    )
  }
}

function sourceFrom(raw: Inputs, complain: Complain): RequestSource {
  const path = raw.runbook?.trim() || DEFAULT_RUNBOOK
  const describing = ['app', 'url', 'path', 'compose', 'services', 'reload', 'smoke'].filter(name =>
    raw[name]?.trim(),
  )
  if (linesOf(raw.hosts ?? '').length === 0) {
    for (const name of describing) {
      complain(name, 'It describes a set-up without a runbook, but "hosts" is empty. Give both, or neither.')
    }
  } else if (path !== DEFAULT_RUNBOOK) {
    complain(
      'hosts',
      `There is a runbook, too (${shownGiven(path)}). Give hosts in the runbook, or leave "runbook" out.`,
    )
  } else return inputsSource(raw, complain)
  const problem = runbookPathProblem(path)
  if (problem !== undefined) complain('runbook', `Given ${shownGiven(path)}. ${problem}`)
  return { kind: 'runbook', path }
}

function runbookPathProblem(path: string): string | undefined {
  if (/\p{C}/u.test(path)) return 'A path has no control or invisible characters.'
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path))
    return `Expected a path in the workspace, such as ${DEFAULT_RUNBOOK}, not a URL.`
  if (path.split(/[\\/]/).includes('..')) return 'A path with .. leads out of the workspace.'
  return undefined
}

const runIdProblem = (text: string): string | undefined =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text)
    ? undefined
    : 'Expected the id of a run: the output "run-id" of that run, or what "status" shows.'

function reasonFrom(text: string, complain: Complain): string {
  const reason = text
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim()
  const { length } = [...reason]
  if (length > 1000)
    complain('reason', `It has ${length.toLocaleString('en')} characters; at most 1,000 fit.`)
  return reason
}

/** The same spellings as `getBooleanInput` of the toolkit; anything else would silently mean "no". */
function truth(field: string, text: string, complain: Complain): boolean {
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (!/^(false|False|FALSE)$/.test(text))
    complain(field, `Given ${shownGiven(text)}. Expected true or false.`)
  return false
}
