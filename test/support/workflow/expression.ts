import { data, Evaluator, Lexer, Parser } from '@actions/expressions'

/** Values by the name of their context: `github`, `inputs`, `needs`, `steps`, … */
export type Contexts = Readonly<Record<string, unknown>>

/** What the functions `success()`, `failure()` and `cancelled()` answer. */
export interface Status {
  readonly success: boolean
  readonly failure: boolean
  readonly cancelled: boolean
}

export const FINE: Status = { success: true, failure: false, cancelled: false }

const WHOLE = /^\s*\$\{\{((?:(?!\}\}).)*)\}\}\s*$/s
const PART = /\$\{\{(.*?)\}\}/gs

/** The value of an expression, without its `${{ }}`, by GitHub's own evaluator. */
export const evaluate = (expression: string, contexts: Contexts, status: Status = FINE): unknown => {
  const answers = { ...status, always: true }
  const functions = Object.entries(answers).map(([name, answer]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(answer),
  }))
  const { tokens } = new Lexer(expression).lex()
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse()
  const known: data.Dictionary = JSON.parse(JSON.stringify(contexts), data.reviver)
  const value = new Evaluator(tree, known, new Map(functions.map(each => [each.name, each]))).evaluate()
  return JSON.parse(JSON.stringify(value, data.replacer) ?? 'null')
}

const asText = (value: unknown): string =>
  value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)

/** A value of the YAML with its expressions evaluated: one that is nothing else keeps its type. */
export const filled = (value: unknown, contexts: Contexts): unknown => {
  if (typeof value !== 'string') return value
  const whole = WHOLE.exec(value)?.[1]
  if (whole !== undefined) return evaluate(whole, contexts)
  return value.replace(PART, (_, expression: string) => asText(evaluate(expression, contexts)))
}

/** The same as text, which is what every input and variable is in the end. */
export const filledText = (value: unknown, contexts: Contexts): string => asText(filled(value, contexts))

/** Values of a map, as texts. */
export const filledMap = (
  map: Readonly<Record<string, unknown>> = {},
  contexts: Contexts,
): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, filledText(value, contexts)]))

/** Does a job or a step with this `if` run? Without a function that asks for the status, `success()` is implied. */
export const holds = (condition: unknown, contexts: Contexts, status: Status): boolean => {
  const text = String(condition ?? 'success()')
  const expression = WHOLE.exec(text)?.[1] ?? text
  const asksStatus = /\b(success|failure|cancelled|always)\s*\(/.test(expression)
  if (!asksStatus && !status.success) return false
  const value = evaluate(expression, contexts, status)
  return value !== null && value !== false && value !== '' && value !== 0
}
