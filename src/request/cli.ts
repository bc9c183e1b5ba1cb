import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { shownGiven } from '../runbook/given.ts'
import { hint, nearest } from '../runbook/nearest.ts'
import { INPUTS } from './inputs.ts'
import { OPERATIONS, type Request } from './request.ts'
import { FILE_OPTIONS, helpText, SECRET_VARIABLES } from './usage.ts'
import { requestFrom } from './validate.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** The command line was not understood. */
export class UsageError extends Error {
  readonly exitStatus = 64
  override readonly name = 'UsageError'
}

/** Nothing went wrong: the help text was asked for, and is the message. */
export class HelpWanted extends Error {
  readonly exitStatus = 0
  override readonly name = 'HelpWanted'
}

/**
 * Makes a request of the arguments behind `rollbook`. Reads the files that they name.
 *
 * @throws UsageError, HelpWanted, BadInput
 */
export function requestFromArguments(
  argv: readonly string[],
  variables: Variables,
  readFile: (path: string) => string = path => readFileSync(path, 'utf8'),
): Request {
  if (argv.includes('--help') || argv.includes('-h') || argv[0] === 'help') throw new HelpWanted(helpText())
  const [operation, ...options] = argv
  if (operation === undefined || operation.startsWith('-')) {
    throw new UsageError(
      `The operation is missing. Expected one of ${OPERATIONS.join(', ')}, in front of the options.`,
    )
  }
  const known: readonly string[] = OPERATIONS
  if (!known.includes(operation)) {
    throw new UsageError(`There is no operation ${shownGiven(operation)}.${hint(operation, OPERATIONS)}`)
  }
  const { files, raw } = readOptions(options)
  for (const [name, variable] of Object.entries(SECRET_VARIABLES)) raw[name] = variables[variable] ?? ''
  const keyFile = files.get('ssh-private-key-file')
  if (keyFile !== undefined) raw['ssh-private-key'] = readNamed('ssh-private-key-file', keyFile, readFile)
  const given = raw['known-hosts'] ?? ''
  const file = files.get('known-hosts-file')
  if (given === '') raw['known-hosts'] = knownHosts(file, variables, readFile)
  const request = requestFrom({ ...raw, operation }, variables.SSH_AUTH_SOCK)
  return given === '' ? { ...request, knownHostsFile: file ?? ownFile(variables) } : request
}

function readOptions(options: readonly string[]) {
  const open = INPUTS.filter(({ name, secret }) => name !== 'operation' && !secret)
  const names = [...open, ...FILE_OPTIONS].map(({ name }) => name)
  const { tokens } = parseArgs({
    args: [...options],
    options: Object.fromEntries(
      names.map(name => [
        name,
        { type: name === 'escalate' ? 'boolean' : 'string', multiple: true } as const,
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const raw: Record<string, string> = {}
  const files = new Map<string, string>()
  for (const token of tokens) {
    if (token.kind === 'positional')
      throw new UsageError(`Not expected: ${shownGiven(token.value)}. Expected --name value.`)
    if (token.kind === 'option-terminator') continue
    const { name, rawName } = token
    refuseUnknown(name, rawName, names)
    const value = token.value ?? (name === 'escalate' ? 'true' : undefined)
    // `--reason --escalate` would make a reason of the next option.
    if (value === undefined || (value.startsWith('--') && !token.inlineValue))
      throw new UsageError(`${rawName} needs a value: ${rawName} …`)
    const isFile = FILE_OPTIONS.some(option => option.name === name)
    const repeatable = open.some(input => input.name === name && input.lines)
    const before = isFile ? files.get(name) : raw[name]
    if (before !== undefined && !repeatable) throw new UsageError(`${rawName} is given for the second time.`)
    if (isFile) files.set(name, value)
    else raw[name] = before === undefined ? value : `${before}\n${value}`
  }
  return { files, raw }
}

function refuseUnknown(name: string, shown: string, names: readonly string[]): void {
  const variable = Object.hasOwn(SECRET_VARIABLES, name) ? SECRET_VARIABLES[name] : undefined
  if (variable !== undefined) {
    const file = name === 'ssh-private-key' ? ', or give --ssh-private-key-file' : ''
    throw new UsageError(
      `${shown} is not an option, because other users of this machine could read it. Set the variable ${variable}${file}.`,
    )
  }
  if (names.includes(name)) return
  const meant = nearest(name, names)
  const said = meant === undefined ? 'rollbook --help lists all.' : `Did you mean --${meant}?`
  throw new UsageError(`There is no option ${shownGiven(shown)}. ${said}`)
}

function readNamed(option: string, path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    const why = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`
    throw new UsageError(`--${option}: ${shownGiven(path)} ${why}.`)
  }
}

const ownFile = ({ HOME }: Variables): string | undefined =>
  HOME === undefined ? undefined : join(HOME, '.ssh', 'known_hosts')

/** The file that everybody's ssh keeps is used when there; without one, the host check says what is missing. */
function knownHosts(
  path: string | undefined,
  variables: Variables,
  readFile: (path: string) => string,
): string {
  if (path !== undefined) return readNamed('known-hosts-file', path, readFile)
  const own = ownFile(variables)
  if (own === undefined) return ''
  try {
    return readFile(own)
  } catch {
    return ''
  }
}
