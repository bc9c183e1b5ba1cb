/** What drops tables or columns with artisan, by the namespace of the command. Nothing that Rollbook runs may do that. */
const FORBIDDEN: readonly (readonly [namespace: string, names: readonly string[]])[] = [
  ['migrate', ['rollback', 'fresh', 'reset', 'refresh']],
  ['db', ['wipe']],
]

/** A command of a script that must not run. */
export interface Forbidden {
  /** By its whole name, e.g. `migrate:fresh` or `prisma migrate reset`. */
  readonly command: string
  /** 1-based, in the script. */
  readonly line: number
}

/**
 * The first command of a script that takes migrations back or empties the database. It is found behind quotes,
 * backslashes and broken lines, as the shell would put its words together; comments may name it. This is a rail for
 * people who mean well: a script that makes the word out of variables is not found.
 */
export function forbiddenIn(script: string): Forbidden | undefined {
  for (const { line, text } of commandsOf(script)) {
    const emptying = emptyingPrisma(text)
    if (emptying !== undefined) return { command: emptying, line }
    // Artisan takes the beginning of a name for the whole of it, as long as it means one command.
    const shortened = /\bartisan\b/.test(text)
    for (const [, namespace = '', name = ''] of text.matchAll(/(?<![\w-])([a-z]+):([a-z]+)(?![\w-])/gi)) {
      const command = meant(namespace.toLowerCase(), name.toLowerCase(), shortened)
      if (command !== undefined) return { command, line }
    }
  }
  return undefined
}

/** A call of Prisma that empties the database, by its whole name; by itself it would only do so in part, or ask. */
function emptyingPrisma(text: string): string | undefined {
  for (const [, behind = ''] of text.matchAll(/(?<![\w-])prisma(?:@[^\s;&|]*)?\s([^;&|]*)/gi)) {
    const given = behind.toLowerCase().split(/[\s)]+/)
    const names = given.filter(word => !word.startsWith('-'))
    const follows = (first: string, second: string) => names.slice(names.indexOf(first)).includes(second)
    if (names.includes('migrate') && follows('migrate', 'reset')) return 'prisma migrate reset'
    const losing = ['--force-reset', '--accept-data-loss'].find(flag =>
      given.some(word => word === flag || word.startsWith(`${flag}=`)),
    )
    if (losing !== undefined && names.includes('db') && follows('db', 'push'))
      return `prisma db push ${losing}`
  }
  return undefined
}

function meant(namespace: string, name: string, shortened: boolean): string | undefined {
  for (const [whole, names] of FORBIDDEN) {
    const isNamespace = shortened ? whole.startsWith(namespace) : whole === namespace
    const found = names.find(each => (shortened ? each.startsWith(name) : each === name))
    if (isNamespace && found !== undefined) return `${whole}:${found}`
  }
  return undefined
}

interface Command {
  readonly line: number
  readonly text: string
}

/** The lines of a script as its shell reads them: broken ones put together, without quotes, backslashes and comments. */
function commandsOf(script: string): readonly Command[] {
  const commands: { line: number; text: string }[] = []
  let line = 1
  let text = ''
  let began = 1
  let quote = ''
  const end = () => {
    commands.push({ line: began, text })
    text = ''
    began = line
  }
  for (let at = 0; at < script.length; at++) {
    const character = script.charAt(at)
    if (character === '\n') {
      line++
      end()
    } else if (character === '\\' && quote !== "'") {
      at++
      if (script.charAt(at) === '\n') line++
      else text += script.charAt(at)
    } else if (character === quote) quote = ''
    else if (quote === '' && (character === '"' || character === "'")) quote = character
    else if (quote === '' && character === '#' && /(^|[\s;&|()])$/.test(text)) {
      const rest = script.indexOf('\n', at)
      at = (rest === -1 ? script.length : rest) - 1
    } else text += character
  }
  end()
  return commands
}
