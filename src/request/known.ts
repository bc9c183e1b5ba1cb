import { isKeyLike } from '../runbook/given.ts'
import { nameProblem } from '../runbook/names.ts'
import { OPERATIONS, type Operation } from './request.ts'

/** What can be told about a request whose inputs can't be used. */
export interface Known {
  readonly operation?: Operation
  readonly app?: string
  readonly environment?: string
}

/**
 * Reads what a page needs for its first line from inputs that were refused. Only what has the form of a name gets
 * through: anything else may be a secret that was put in the wrong place.
 *
 * @param variables the environment of the action, with its `INPUT_…`.
 */
export function knownBefore(variables: Readonly<Record<string, string | undefined>>): Known {
  const given = (name: string): string => variables[`INPUT_${name}`]?.trim() ?? ''
  const named = (name: string): string => {
    const text = given(name)
    return nameProblem(text) === undefined && !isKeyLike(text) ? text : ''
  }
  const operation = OPERATIONS.find(each => each === given('OPERATION'))
  const [app, environment] = [named('APP'), named('ENVIRONMENT')]
  return {
    ...(operation && { operation }),
    ...(app && { app }),
    ...(environment && { environment }),
  }
}
