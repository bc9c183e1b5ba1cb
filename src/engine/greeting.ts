import { greeting } from '../host/courier.ts'
import { quote } from '../host/quote.ts'
import { courierSource, readShell, type ShellFiles } from './shell.ts'

/** A question to a host: a function of its probe files, and its arguments. It writes nothing, and answers in facts. */
export interface Question {
  readonly shell: ShellFiles
  readonly ask: string
  readonly about: readonly string[]
}

/** What a courier is told when it starts. */
export interface Introduction {
  /** Hex; comes back in front of every line, so that nothing else on the channel is taken for an answer. */
  readonly nonce: string
  readonly app: string
  readonly environment: string
  /** Absolute path, or empty for `~/.rollbook/<app>/<environment>`. */
  readonly stateFolder: string
  readonly questions: readonly Question[]
}

/**
 * The first thing that is sent on a channel: the courier's program, which ends with the call that starts it.
 */
export function introduce(introduction: Introduction): string {
  const program = [
    `courier_nonce=${quote(introduction.nonce)}`,
    `courier_app=${quote(introduction.app)}`,
    `courier_environment=${quote(introduction.environment)}`,
    `courier_state=${quote(introduction.stateFolder)}`,
    courierSource(),
    ...functionsOf(introduction.questions),
    'probe_application() {',
    '  :',
    ...introduction.questions.flatMap((question, number) => [`  fact asked ${number}`, callOf(question)]),
    '}',
    'serve',
    '',
  ].join('\n')
  return greeting(program)
}

/** Questions for a courier that is there already: one shell text, of which nothing runs when it was cut on the way. */
export const later = (questions: readonly Question[]): string =>
  ['{', ...functionsOf(questions), ...questions.map(callOf), '}', ''].join('\n')

const functionsOf = (questions: readonly Question[]): string[] =>
  [...new Map(questions.flatMap(({ shell }) => [shell].flat()).map(file => [file.href, file])).values()].map(
    readShell,
  )

/** Each in a process of its own: what one sets is nothing to the next. */
const callOf = ({ ask, about }: Question): string => `( ${[ask, ...about.map(quote)].join(' ')} )`
