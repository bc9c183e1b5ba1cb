import type { Operation } from './request.ts'

/** One input of the action, which is one option of the command line, too. */
export interface Input {
  readonly name: string
  /** As in `action.yml`; on the command line it holds as well, but for `token`. */
  readonly default?: string
  /** One sentence for `action.yml`, the docs and the help text. */
  readonly says: string
  /** Never an option of the command line: other users of a machine can read those. */
  readonly secret?: true
  /** One entry a line; on the command line the option may be repeated. */
  readonly lines?: true
  /** The operations that it means something to, where a slip would be dangerous. */
  readonly only?: readonly Operation[]
}

export const DEFAULT_RUNBOOK = '.github/rollbook.yml'

export const INPUTS: readonly Input[] = [
  {
    name: 'operation',
    default: 'rollback',
    says: 'What to do: rollback, plan, undo, record, guard, status, watch, drill, prune, doctor or unlock.',
  },
  {
    name: 'runbook',
    default: DEFAULT_RUNBOOK,
    says: 'Path of the runbook in the workspace; when it is not there and `token` is set, it is read through the API.',
  },
  { name: 'environment', says: 'An environment of the runbook; may be left out when there is only one.' },
  { name: 'rollback', says: 'A rollback of the runbook; the first one when left out.' },
  {
    name: 'target',
    default: 'previous',
    says: 'previous, last-good, the name of a release, a tag, or a commit (7 digits or more).',
    only: ['rollback', 'plan', 'record', 'guard', 'status', 'watch', 'prune', 'doctor'],
  },
  { name: 'reason', says: 'Why, in a sentence; kept in every record.' },
  { name: 'confirm', says: 'The phrase that the environment or the rollback asks for.' },
  { name: 'parameters', says: 'name=value, one a line, for { input: name } in the runbook.', lines: true },
  { name: 'escalate', default: 'false', says: 'true: go on to the next level when this one fails.' },
  {
    name: 'state',
    default: 'good',
    says: 'For record: started (a deploy begins to touch the hosts), good, bad, or free (lifts the hold).',
    only: ['record'],
  },
  {
    name: 'run-id',
    says: 'The run that undo undoes (the last one when left out), or whose lock unlock breaks.',
    only: ['undo', 'unlock'],
  },
  { name: 'drill', says: 'A drill of the runbook; may be left out when there is only one.', only: ['drill'] },
  { name: 'ssh-private-key', says: 'Private key; else the agent at SSH_AUTH_SOCK is asked.', secret: true },
  { name: 'ssh-passphrase', says: 'Passphrase of the private key.', secret: true },
  {
    name: 'known-hosts',
    says: 'Keys of the hosts, lines in known_hosts format. Every host is checked against them.',
    lines: true,
  },
  {
    name: 'token',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub Actions
    default: '${{ github.token }}',
    says: 'For deployments, issues, and the runbook when there is no checkout.',
    secret: true,
  },
  {
    name: 'app',
    says: 'Without a runbook: name of the app; the last part of path or compose when left out.',
  },
  { name: 'url', says: 'Without a runbook: base of the paths in smoke.' },
  {
    name: 'hosts',
    says: 'Without a runbook: [name=]user@address[:port], or [name=]local, one a line.',
    lines: true,
  },
  { name: 'path', says: 'Without a runbook: folder on the hosts with releases/ and current.' },
  { name: 'compose', says: 'Without a runbook: folder of a Compose project on the hosts.' },
  { name: 'services', says: 'With compose: its services that go back, one a line.', lines: true },
  {
    name: 'reload',
    says: 'Without a runbook: systemd units to reload after the switch, one a line.',
    lines: true,
  },
  {
    name: 'smoke',
    says: 'Without a runbook: URLs, or paths below url, that have to answer afterwards, one a line.',
    lines: true,
  },
]
