import * as v from 'valibot'
import { secretNameProblem } from '../runbook/names.ts'
import { pathProblem } from '../runbook/paths.ts'
import { duration, line, list, oneOf, script, text, textOf } from './shape.ts'

/** Keys that every item takes, whatever its kind. */
export const MODIFIERS = {
  on: v.optional(text('Expected the name of a host.')),
  as: v.optional(line),
  timeout: v.optional(duration),
  undo: v.optional(script),
  severity: v.optional(oneOf(['fail', 'warn']), 'fail'),
  in: v.optional(textOf('Expected an absolute path of a folder.', pathProblem)),
  env: v.optional(
    list(
      textOf('Expected the name of a secret.', secretNameProblem),
      'Expected a list of secret names, such as [API_TOKEN].',
    ),
  ),
} as const satisfies v.ObjectEntries
