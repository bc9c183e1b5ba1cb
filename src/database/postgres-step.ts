import type { Item } from '../kind/item.ts'
import type { Surroundings } from '../kind/surroundings.ts'
import type { Database } from './database.ts'

/** The shell functions of everything that works with a PostgreSQL on a host. */
export const POSTGRES_SHELL = [
  new URL('./postgres-client.sh', import.meta.url),
  new URL('./postgres-side.sh', import.meta.url),
] as const

/** What they read: where the database is, and how to get in where no secret is needed. */
export const postgresData = ({ name, access, through }: Database) => ({
  system: 'postgres',
  database: name,
  access: access ?? '',
  compose: through?.compose ?? '',
  service: through?.service ?? '',
})

/** The secret of a database, for the steps that open it; none where nothing of it is secret. */
export const secretFor = ({ access, secret }: Database): Pick<Item, 'env' | 'made'> =>
  access === undefined ? { env: [secret.name], made: [secret] } : { env: [], made: [] }

/** What keeps an item from knowing which host reaches its database: one sentence, or undefined. */
export function unreachedBy(
  { on }: Item,
  { name, position }: Database,
  { hosts }: Surroundings,
): string | undefined {
  const servers = hosts.filter(({ address }) => address.kind !== 'local')
  const [first, ...others] = servers.length === 0 ? hosts : servers
  if (on !== undefined || first === undefined || others.length === 0) return undefined
  return `Nothing says which host reaches the database ${name}. Write on: ${first.name}, or another of the hosts, in databases.${name} (line ${position.line}).`
}
