/** What `$ROLLBOOK_…` stands for in an expected value. */
export interface Variables {
  /** The release that should serve now. */
  readonly to: string
  /** The release that was left. */
  readonly from: string
  readonly app: string
  readonly environment: string
}

/** An expected string with its variables replaced. */
export interface Expanded {
  readonly text: string
  /** It had a variable, so its author could not write it as a number. */
  readonly variable: boolean
  /** It names the release that should serve, so that a match proves who answered. */
  readonly version: boolean
}

const VARIABLE = /\$(?:ROLLBOOK_(TO|FROM|APP|ENVIRONMENT)\b|\{ROLLBOOK_(TO|FROM|APP|ENVIRONMENT)\})/g

/**
 * Replaces `$ROLLBOOK_TO`, `$ROLLBOOK_FROM`, `$ROLLBOOK_APP` and `$ROLLBOOK_ENVIRONMENT` (braces allowed) in one pass:
 * a value that holds a variable's name stays as it is.
 */
export function expand(text: string, variables: Variables): Expanded {
  let variable = false
  let version = false
  const expanded = text.replace(VARIABLE, (_, plain?: string, braced?: string) => {
    variable = true
    const name = plain ?? braced
    if (name === 'TO') {
      version ||= variables.to !== ''
      return variables.to
    }
    if (name === 'FROM') return variables.from
    return name === 'APP' ? variables.app : variables.environment
  })
  return { text: expanded, variable, version }
}

/** The variables as they hold while the release that is being left still serves: a baseline is judged with these. */
export const beforeSwitch = (variables: Variables): Variables => ({ ...variables, to: variables.from })

/** The variables as they hold once an undo has brought back the release that was left. */
export const afterUndo = (variables: Variables): Variables => ({
  ...variables,
  to: variables.from,
  from: variables.to,
})
