import { COMMANDS, type Command, parseCommand } from './command.ts'
import type { Masks } from './masks.ts'

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  /** Masked, at most 4096 characters. */
  readonly message: string
  readonly properties: Readonly<Record<string, string>>
}

/** What the runner makes of the output of one stage. */
export interface StageConsole {
  /** One line of stdout or stderr. */
  line(text: string): void
  error(message: string): void
  warning(message: string): void
  /** True once a command could not be processed: the step fails whatever its exit code is. */
  readonly failed: boolean
  /** What a person reads in the job log. */
  readonly log: readonly string[]
  readonly rawLog: readonly string[]
  /** At most ten of each level, as GitHub keeps them. */
  readonly annotations: readonly Annotation[]
  readonly commands: readonly Command[]
  /** By `::set-output::`, which still works. */
  readonly outputs: ReadonlyMap<string, string>
  /** By `::save-state::`, which still works. */
  readonly state: ReadonlyMap<string, string>
}

const MOST_ANNOTATIONS = 10
const LONGEST_MESSAGE = 4096

/** A command that the runner refuses; its message is an error of the step. */
class CommandError extends Error {}

/**
 * Listens to a stage as the runner's `OutputManager.cs` and `ActionCommandManager.cs` do. stdout and stderr go to the
 * same console, because `stop-commands` on one of them silences both.
 *
 * @param shown is told each line of the log as it appears.
 */
export const openConsole = (masks: Masks, debug: boolean, shown: (line: string) => void): StageConsole => {
  const known = new Set(COMMANDS)
  const log: string[] = []
  const rawLog: string[] = []
  const annotations: Annotation[] = []
  const commands: Command[] = []
  const outputs = new Map<string, string>()
  const state = new Map<string, string>()
  let failed = false
  let echo = false
  let resumeToken: string | undefined

  const show = (text: string): void => {
    for (const line of masks.mask(text).split('\n')) {
      log.push(line)
      shown(line)
    }
  }
  const annotate = (level: Annotation['level'], text: string, properties: Annotation['properties'] = {}) => {
    const message = masks.mask(text).slice(0, LONGEST_MESSAGE)
    if (annotations.filter(annotation => annotation.level === level).length < MOST_ANNOTATIONS)
      annotations.push({ level, message, properties })
    if (message !== '') show(`##[${level}]${message}`)
  }
  const named = (command: Command): string => {
    const name = command.properties.name
    if (!name) throw new CommandError(`Required field 'name' is missing in ##[${command.name}] command.`)
    return name
  }

  const stop = (token: string, line: string): void => {
    if (token === '' || known.has(token.toLowerCase()) || token.toLowerCase() === 'pause-logging')
      throw new CommandError(
        'Invalid token for stop-commands: it must not be empty or the name of a command.',
      )
    resumeToken = token.toLowerCase()
    known.add(resumeToken)
    if (token.length > 6) masks.add(token)
    show(line)
  }

  const handle: Readonly<Record<string, (command: Command, line: string) => void>> = {
    'add-mask': ({ data }) => {
      if (data.trim() === '')
        annotate('warning', "Can't add secret mask for empty string in ##[add-mask] command.")
      else masks.add(data)
    },
    'save-state': command => state.set(named(command), command.data),
    'set-output': command => outputs.set(named(command), command.data),
    'stop-commands': ({ data }, line) => stop(data, line),
    debug: ({ data }) => {
      if (debug) show(`##[debug]${data}`)
    },
    echo: ({ data }) => {
      const word = data.trim().toLowerCase()
      if (word !== 'on' && word !== 'off') throw new CommandError(`Invalid echo command value: '${data}'.`)
      echo = word === 'on'
    },
    endgroup: () => show('##[endgroup]'),
    error: ({ data, properties }) => annotate('error', data, properties),
    group: ({ data }) => show(`##[group]${data}`),
    notice: ({ data, properties }) => annotate('notice', data, properties),
    warning: ({ data, properties }) => annotate('warning', data, properties),
  }
  const disabled = ({ name }: Command): void => {
    if (name === 'set-env' || name === 'add-path')
      throw new CommandError(`The \`${name}\` command is disabled.`)
  }

  /** @returns false when the line is ordinary output. */
  const takeCommand = (line: string): boolean => {
    const command = parseCommand(line, known)
    if (!command) return false
    if (resumeToken !== undefined) {
      if (command.name !== resumeToken) return false
      known.delete(resumeToken)
      resumeToken = undefined
      show(line)
      return true
    }
    commands.push(command)
    const quiet = ['add-mask', 'debug', 'error', 'notice', 'stop-commands', 'warning'].includes(command.name)
    if (echo && !quiet) show(line)
    if (echo && command.name === 'add-mask') show('::add-mask::***')
    try {
      disabled(command)
      handle[command.name]?.(command, line)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      annotate('error', `Unable to process command '${quiet ? command.name : line}' successfully.`)
      annotate('error', error.message)
      failed = true
    }
    return true
  }

  return {
    line(text) {
      rawLog.push(text)
      if (!takeCommand(text)) show(text)
    },
    error: message => annotate('error', message),
    warning: message => annotate('warning', message),
    get failed() {
      return failed
    },
    log,
    rawLog,
    annotations,
    commands,
    outputs,
    state,
  }
}
