import * as v from 'valibot'
import { throughSchema } from '../database/postgres-schema.ts'
import { map, textOf } from '../kind/shape.ts'
import { pathProblem, relativePathProblem } from '../runbook/paths.ts'
import type { PrismaMigrations } from '../runbook/runbook.ts'
import { readPrismaFacts } from './prisma-facts.ts'
import { whatSqlDid } from './sql-did.ts'
import type { MigrationTool } from './tool.ts'

const schema = map({
  in: textOf(
    'Expected the absolute path of the folder with package.json, such as /srv/app/backend.',
    pathProblem,
  ),
  directory: v.optional(
    textOf('Expected a path below `in`, such as prisma/migrations.', relativePathProblem),
    'prisma/migrations',
  ),
  through: v.optional(throughSchema),
})

const folderOf = ({ in: folder, directory }: PrismaMigrations) => `${folder}/${directory}`

/** Migrations of Prisma, in a git checkout. */
export const prisma = {
  schema,
  read: (given: v.InferOutput<typeof schema>): PrismaMigrations => ({ tool: 'prisma', ...given }),
  movedBy({ kind, value }, { in: folder }: PrismaMigrations) {
    const path =
      kind === 'git' && typeof value === 'object' && value !== null && 'path' in value
        ? value.path
        : undefined
    return typeof path === 'string' && `${folder}/`.startsWith(`${path}/`) ? path : undefined
  },
  unmoved: ({ in: folder }: PrismaMigrations) =>
    `The migrations of two commits are compared, and nothing here moves the checkout that ${folder} lies in. Expected git with its path in switch.`,
  sides: 'commits',
  side: name => `commit ${name.slice(0, 7)}`,
  folder: folderOf,
  question: (of: PrismaMigrations, { path, from, to }) => ({
    shell: [new URL('./probe.sh', import.meta.url), new URL('./prisma-probe.sh', import.meta.url)],
    ask: 'probe_prisma',
    about: [
      path,
      from,
      to,
      folderOf(of).slice(path.length + 1),
      of.in,
      of.through?.compose ?? '',
      of.through?.service ?? '',
    ],
  }),
  facts: (host, { from, to }, lines) => readPrismaFacts(host, from, to, lines),
  did: whatSqlDid,
  command: ({ in: folder, through }: PrismaMigrations) =>
    through === undefined
      ? `cd ${folder} && npx prisma migrate status`
      : `cd ${through.compose} && docker compose exec -T ${through.service} npx prisma migrate status`,
  misplaced: () =>
    '`in` and `directory`: the folder of the application, and the path of its migrations below it',
} as const satisfies MigrationTool
