import { forbiddenIn } from './forbidden.ts'
import { secretNameProblem } from './names.ts'
import { nearest } from './nearest.ts'
import type { Path, Report } from './problem.ts'

const FORBIDDEN = ['__proto__', 'constructor', 'prototype']
const SECRET_KEYS = /^(pass(word|phrase)?|secret|token|webhook|api-?key|private-?key)$/i
const CHANGE_IT = 'If the value was real, change it: it stands in the repository.'
const SCRIPTS = ['run', 'undo', 'break']

interface Misplaced {
  readonly under: Path
  readonly message: string
}

/** What no schema sees, as it can stand anywhere: secrets typed in, expressions that nobody filled in, odd keys. */
export function reportHazards(value: unknown, report: Report, path: Path = []): void {
  if (typeof value === 'string') {
    const problem = textHazard(value, path)
    if (problem !== undefined) report(path, problem)
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, each] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const here = [...path, key]
    if (typeof key === 'string' && FORBIDDEN.includes(key)) report(here, 'This name cannot be a key.', 'key')
    else if (key === '<<')
      report(here, 'Merge keys are not supported. Write the keys out; *name stands for a whole value.', 'key')
    // What an answer should look like may well have a key called token.
    else if (typeof key === 'string' && SECRET_KEYS.test(key) && !path.includes('expect')) {
      const problem = secretProblem(key, each)
      if (problem !== undefined) report([...here, ...problem.under], problem.message)
    } else reportHazards(each, report, here)
  }
}

function textHazard(text: string, path: Path): string | undefined {
  // Templates of docker and others use {{ }} in scripts; ${{ is GitHub's alone.
  const isScript = SCRIPTS.includes(String(path.at(-1)))
  if (text.includes('${{') || (!isScript && text.includes('{{'))) {
    return 'An expression ({{ … }}) is left in it: nobody expands it here. Use { input: name } and the "parameters" input, or write the value.'
  }
  const forbidden = isScript ? forbiddenIn(text) : undefined
  if (forbidden !== undefined) {
    return `It runs \`${forbidden.command}\` (line ${forbidden.line} of the script), which drops tables or columns with the data in them. No runbook may do that. Take it out: fix forward with a new migration, or restore a backup.`
  }
  return !isScript && /:\/\/[^/\s@]*:[^/\s@]+@/.test(text)
    ? 'There is a password in this address. Take it out, and change it: it stands in the repository.'
    : undefined
}

/** Where `{ env: NAME }` belongs: what is wrong, and under which of its keys. */
function secretProblem(key: string, value: unknown): Misplaced | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const name = key.toUpperCase().replace(/-/g, '_')
    const typed = value === null || value === '' ? '' : ` ${CHANGE_IT}`
    return {
      under: [],
      message: `A secret never stands in a runbook. Expected { env: ${name} }, the name of a secret.${typed}`,
    }
  }
  const keys = Object.keys(value)
  const env = 'env' in value ? value.env : undefined
  if (keys.length !== 1 || typeof env !== 'string') {
    const slip = keys.some(each => each !== 'env' && nearest(each, ['env']) !== undefined)
    return {
      under: [],
      message: `Expected { env: NAME } and nothing else.${slip ? ' Did you mean "env"?' : ''}`,
    }
  }
  const message = secretNameProblem(env)
  return message === undefined ? undefined : { under: ['env'], message }
}
