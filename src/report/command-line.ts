/** Inputs that messages name, as the command line calls them. */
const OPTIONS: Readonly<Record<string, string>> = {
  target: 'target',
  state: 'state',
  reason: 'reason',
  confirm: 'confirm',
  'run-id': 'run-id',
  'known-hosts': 'known-hosts-file',
  'ssh-private-key': 'ssh-private-key-file',
}

const NAMES = Object.keys(OPTIONS).join('|')
const OPERATION = new RegExp(
  `\`operation: ([a-z]+)\`((?:(?:, | with | and )\`(?:${NAMES}|rollback): [^\`]+\`)*)((?:, with| and) a reason\\b)?`,
  'g',
)
const INPUT = new RegExp(`\`(${NAMES})(?:: ([^\`]+))?\``, 'g')

/**
 * What to do is said in the inputs of the action: `operation: unlock` with `run-id: …`. On a terminal the same is one
 * command. Only our own forms are looked for, and nothing else of a text is changed.
 */
export const forCommandLine = (text: string): string =>
  text
    .replace(OPERATION, (_, operation: string, inputs: string, reason: string | undefined) => {
      const given = [...inputs.matchAll(/`([a-z-]+): ([^`]+)`/g)].map(([, name = '', value]) =>
        optionOf(name, value),
      )
      const words = ['rollbook', operation, ...given, ...(reason === undefined ? [] : ['--reason …'])]
      return `\`${words.join(' ')}\``
    })
    .replace(INPUT, (_, name: string, value: string | undefined) => `\`${optionOf(name, value)}\``)
    .replace(/\boperation: prune\b/g, 'rollbook prune')

const optionOf = (name: string, value: string | undefined): string =>
  `--${OPTIONS[name] ?? name}${value === undefined ? '' : ` ${shellWord(value)}`}`

const shellWord = (value: string): string =>
  /^[\w.@:/=,+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
