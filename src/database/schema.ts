import * as v from 'valibot'
import { line, map, named, oneOf, text, textOf, whole } from '../kind/shape.ts'
import { nameProblem } from '../runbook/names.ts'
import { pathProblem } from '../runbook/paths.ts'
import { VERIFY } from './database.ts'
import { identifierProblem } from './names.ts'
import { postgresSchema, throughSchema } from './postgres-schema.ts'
import { hostProblem, secretSchema } from './reach.ts'

const socket = v.optional(textOf('Expected the absolute path of a socket.', pathProblem))

const mysql = v.pipe(
  map({
    host: v.optional(textOf('Expected a host, such as 127.0.0.1.', hostProblem)),
    port: v.optional(whole(1, 65_535)),
    name: v.optional(textOf('Expected the name that the server knows the database by.', identifierProblem)),
    user: v.optional(v.pipe(line, v.maxLength(128, 'A user has at most 128 characters.'))),
    password: v.optional(secretSchema),
    socket,
    url: v.optional(secretSchema),
  }),
  v.check(
    ({ url, host, port, name, user, password, socket: path }) =>
      url === undefined || [host, port, name, user, password, path].every(part => part === undefined),
    'The url has all of it: expected either url or name, user and password.',
  ),
  v.check(
    ({ url, name, user }) => url !== undefined || (name !== undefined && user !== undefined),
    'Expected name, user and password, or url: { env: DATABASE_URL }.',
  ),
  v.check(
    ({ url, password, socket: path }) => url !== undefined || password !== undefined || path !== undefined,
    'Expected password: { env: DB_PASSWORD }; only with a socket it may be left out.',
  ),
  v.check(
    ({ socket: path, host, port }) =>
      path === undefined || ((host === undefined || host === 'localhost') && port === undefined),
    'A socket stands for host and port: leave them out.',
  ),
)

const backups = map({
  to: textOf('Expected the absolute path of a folder, such as /var/backups/shop.', pathProblem),
  keep: v.optional(whole(1, 10_000)),
  verify: v.optional(oneOf(VERIFY), 'readback'),
  // Known to the format; a rollback that needs it is refused by name.
  include: v.optional(v.unknown()),
})

const database = v.pipe(
  map({
    mysql: v.optional(mysql),
    postgres: v.optional(postgresSchema),
    through: v.optional(throughSchema),
    on: v.optional(text('Expected the name of a host.')),
    backups: v.optional(backups),
  }),
  v.check(
    given => (given.mysql === undefined) !== (given.postgres === undefined),
    'Expected either mysql or postgres.',
  ),
  v.check(
    given => given.through === undefined || given.mysql === undefined,
    'through is for postgres: MySQL and MariaDB are reached by host or socket.',
  ),
  v.check(
    ({ postgres, through }) =>
      postgres === undefined ||
      postgres.url !== undefined ||
      postgres.password !== undefined ||
      through !== undefined ||
      postgres.host?.startsWith('/') === true,
    'Expected password: { env: DB_PASSWORD }; it may be left out with through, or with the folder of a socket as host.',
  ),
)

/** The section `databases` of a runbook. */
export const databasesSchema = named(nameProblem, database)

export type DatabasesOutline = v.InferOutput<typeof databasesSchema>
