import { isIPv6 } from 'node:net'
import { map, textOf } from '../kind/shape.ts'
import { secretNameProblem } from '../runbook/names.ts'

/** The name of a secret, in the place of its value. */
export const secretSchema = map({
  env: textOf('Expected the name of a secret, such as DB_PASSWORD.', secretNameProblem),
})

/** What is wrong with the host of a database server. */
export const hostProblem = (given: string): string | undefined =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(given) || isIPv6(given)
    ? undefined
    : 'Expected a host name or an address, such as 127.0.0.1, without a port.'
