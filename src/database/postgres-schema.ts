import * as v from 'valibot'
import { line, map, textOf, whole } from '../kind/shape.ts'
import { pathProblem } from '../runbook/paths.ts'
import { identifierProblem } from './names.ts'
import { hostProblem, secretSchema } from './reach.ts'

/** A server cuts longer names off without a word. */
const LONGEST = 63

const postgresNameProblem = (text: string): string | undefined =>
  identifierProblem(text) ??
  (Buffer.byteLength(text) > LONGEST ? `A name has at most ${LONGEST} bytes.` : undefined)

const serverProblem = (text: string): string | undefined =>
  text.startsWith('/') ? pathProblem(text) : hostProblem(text)

/** How the tools of PostgreSQL get in. */
export const postgresSchema = v.pipe(
  map({
    host: v.optional(textOf('Expected a host, or the folder of a socket.', serverProblem)),
    port: v.optional(whole(1, 65_535)),
    name: v.optional(textOf('Expected the name that the server knows the database by.', postgresNameProblem)),
    user: v.optional(v.pipe(line, v.maxLength(63, 'A user has at most 63 characters.'))),
    password: v.optional(secretSchema),
    url: v.optional(secretSchema),
  }),
  v.check(
    ({ url, host, port, name, user, password }) =>
      url === undefined || [host, port, name, user, password].every(part => part === undefined),
    'The url has all of it: expected either url or name, user and password.',
  ),
  v.check(
    ({ url, name, user }) => url !== undefined || (name !== undefined && user !== undefined),
    'Expected name, user and password, or url: { env: DATABASE_URL }.',
  ),
)

const serviceProblem = (text: string): string | undefined =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text) ? undefined : 'It is not the name of a service.'

/** The Compose service that the tools run in. */
export const throughSchema = map({
  compose: textOf('Expected the absolute path of a Compose project.', pathProblem),
  service: textOf('Expected the name of a service, such as postgres.', serviceProblem),
})
