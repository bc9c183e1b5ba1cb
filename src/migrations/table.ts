import type { MigrationsOf } from '../runbook/runbook.ts'
import { laravel } from './laravel.ts'
import { prisma } from './prisma.ts'
import type { MigrationTool } from './tool.ts'

/** Every tool whose migrations this version looks at. A new one is one new file and one line here. */
export const TOOLS = { laravel, prisma } satisfies Readonly<Record<MigrationsOf['tool'], MigrationTool>>

/** The tool that some migrations are of. */
export const toolOf = ({ tool }: Pick<MigrationsOf, 'tool'>): MigrationTool => TOOLS[tool]
