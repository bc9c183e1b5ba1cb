import { greeting } from '../host/courier.ts'
import { quote } from '../host/quote.ts'
import { courierSource, readShell } from './shell.ts'

/** A question of the probe: a function of a component's probe file, and its one argument. */
export interface Question {
  readonly shell: URL
  readonly ask: string
  readonly about: string
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
  const files = [...new Map(introduction.questions.map(({ shell }) => [shell.href, shell])).values()]
  const program = [
    `courier_nonce=${quote(introduction.nonce)}`,
    `courier_app=${quote(introduction.app)}`,
    `courier_environment=${quote(introduction.environment)}`,
    `courier_state=${quote(introduction.stateFolder)}`,
    courierSource(),
    ...files.map(readShell),
    'probe_application() {',
    '  :',
    ...introduction.questions.map(({ ask, about }) => `  ( ${ask} ${quote(about)} )`),
    '}',
    'serve',
    '',
  ].join('\n')
  return greeting(program)
}
