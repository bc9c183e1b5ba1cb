import { Refusal } from '../refusal.ts'
import { secretNameProblem } from '../runbook/names.ts'

/** The variable, and the secret of the called workflows, that several secrets of a runbook come in together. */
const RUNBOOK_SECRETS = 'RUNBOOK_SECRETS'

type Variables = Readonly<Record<string, string | undefined>>

/** What RUNBOOK_SECRETS holds can't be read, or must not be used. Lines are named by their number; none is shown. */
class RunbookSecretsInvalid extends Refusal {
  readonly code = 'RB-RUNBOOK-SECRETS'

  constructor(wrong: readonly string[]) {
    super(
      [`${RUNBOOK_SECRETS} cannot be used. No host was contacted, nothing was changed.`, ...wrong].join('\n'),
      [
        'Write each secret on a line of its own, `NAME=value`, with nothing around the value.',
        'A value of several lines: `NAME<<END`, its lines, and a line `END`.',
      ],
    )
  }
}

/** Names that the runner, Node.js and the system go by: what runs here reads them, too. */
const TAKEN =
  /^(GITHUB|ACTIONS|RUNNER|INPUT|STATE|DYLD)_|^NODE_(OPTIONS|PATH|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED)$|^(CI|USER|LOGNAME|TMPDIR|SSH_AUTH_SOCK|RUNBOOK_SECRETS)$|_PROXY$/i

const ENTRY = /^\s*([A-Za-z_]\w*)(=|<<)(.*)$/s

/** One secret, and the number of the line that it begins in. */
interface Entry {
  readonly line: number
  readonly name: string
  readonly value: string
}

/**
 * Reads `NAME=value` lines and, for values of several lines, `NAME<<WORD` up to a line that is WORD: the form of the files
 * that GitHub's runner reads. A value is taken as it stands.
 *
 * @param complain told of each line that is wrong, in words without what is in it.
 */
function entriesOf(text: string, complain: (line: number, what: string) => void): readonly Entry[] {
  const lines = text.split(/\r\n|\r|\n/)
  const entries: Entry[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const line = at + 1
    const given = lines[at] ?? ''
    if (given.trim() === '') continue
    const [, name = '', sign, rest = ''] = ENTRY.exec(given) ?? []
    if (sign === undefined) {
      complain(line, 'expected NAME=value, or NAME<<WORD before a value of several lines.')
    } else if (sign === '=') {
      entries.push({ line, name, value: rest })
    } else {
      const word = rest.trim()
      const end = word === '' ? -1 : lines.indexOf(word, line)
      if (end < 0) {
        complain(line, 'a value of several lines begins here, and no line below it is its closing word.')
        return entries
      }
      entries.push({ line, name, value: lines.slice(line, end).join('\n') })
      at = end
    }
  }
  return entries
}

/**
 * The variables in which a runbook looks for its secrets: those of the step, and what RUNBOOK_SECRETS has besides. The
 * latter never become variables of this process, and only what the runbook names is ever looked up.
 *
 * @param learn told of each value before anything can fail, so that it is masked.
 * @throws RunbookSecretsInvalid with everything that is wrong.
 */
export function withRunbookSecrets(
  variables: Variables,
  learn: (name: string, value: string) => void,
): Variables {
  const { [RUNBOOK_SECRETS]: text = '', ...own } = variables
  const wrong: string[] = []
  const complain = (line: number, what: string) => void wrong.push(`line ${line}: ${what}`)
  const entries = entriesOf(text, complain)
  for (const { name, value } of entries) learn(name, value)
  const secrets = new Map<string, string>()
  for (const { line, name, value } of entries) {
    const already = own[name] ?? ''
    if (TAKEN.test(name) || secretNameProblem(name) !== undefined)
      complain(line, 'its name means something to the runner, the shell or Rollbook. Give it another one.')
    else if (secrets.has(name)) complain(line, 'its name stands in a line above it already.')
    else if (already !== '' && already !== value)
      complain(line, 'the step has a variable of that name, with another value. Give one of the two.')
    else secrets.set(name, value)
  }
  if (wrong.length > 0) throw new RunbookSecretsInvalid(wrong)
  return { ...own, ...Object.fromEntries(secrets) }
}
