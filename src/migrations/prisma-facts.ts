import {
  type DatabaseAnswer,
  type FileFacts,
  type MigrationFacts,
  type MigrationStatus,
  readFiles,
  silent,
} from './facts.ts'
import { type PrismaHistory, readDiagnosis, readStatusText } from './prisma-history.ts'

/** Reads what `prisma-probe.sh` printed on one host. Never throws; what has another form than expected is not taken. */
export function readPrismaFacts(
  host: string,
  from: string,
  to: string,
  lines: readonly string[],
): MigrationFacts {
  const { rest, ...files } = readFiles(host, from, to, lines)
  const of = (word: string) => rest.filter(line => line.word === word).map(({ text }) => text)
  const history = readDiagnosis(of('prisma-said')) ?? readStatusText(of('prisma-line'))
  const known = new Set([...files.onlyFrom, ...files.onlyTo, ...files.both])
  const lackedElsewhere = [...(history?.unpersisted ?? [])].filter(name => !known.has(name))
  return { ...files, lackedElsewhere, database: answerOf(of('prisma-status')[0], history, files) }
}

/** Prisma's own codes, and the words of the probe. */
const CLASSES: Readonly<Record<string, string>> = {
  P1000: 'access denied',
  P1001: 'it does not answer',
  P1002: 'it does not answer in time',
  P1003: 'no such database',
  P1008: 'it does not answer in time',
  P1010: 'no access to the database',
  P1011: 'no TLS connection',
  P1012: 'its schema can not be read, or the variable with the address of the database is not set',
  P1013: 'the address of the database can not be read',
}
const TROUBLES: Readonly<Record<string, string>> = {
  'no-folder': 'there is no such folder, or it may not be read',
  'no-npx': 'there is no `npx` on its PATH',
  'no-prisma': 'Prisma is not installed there',
  'no-docker': 'there is no `docker compose` on its PATH',
  'no-engine': 'the container engine does not answer',
  'no-compose': 'there is no Compose file in the folder of the project',
  'no-service': 'Compose knows no such service',
  stopped: 'the service does not run',
}

function answerOf(
  ended: string | undefined,
  history: PrismaHistory | undefined,
  files: Omit<FileFacts, 'rest'>,
): DatabaseAnswer {
  const [status = '', class_ = ''] = (ended ?? '').split(' ')
  if (ended === undefined) return silent('nothing was said about it')
  if (history?.managed === false) return silent('it has no table of migrations')
  // With 1 it ends, too, when it has found a difference; what it found is what counts then.
  if (history !== undefined) return { kind: 'answered', migrations: statusesOf(history, files) }
  if (status === 'endless') return silent('`prisma migrate status` printed without an end')
  if (status === '124' || status === '137' || status === '143')
    return silent('`prisma migrate status` did not end in 30 seconds')
  const trouble = Object.hasOwn(TROUBLES, class_) ? TROUBLES[class_] : undefined
  if (trouble !== undefined) return silent(trouble)
  if (status === '0') return silent('the answer of `prisma migrate status` could not be read')
  const words = Object.hasOwn(CLASSES, class_) ? `: ${CLASSES[class_]}` : ''
  const code = /^P\d{4}$/.test(class_) ? `, ${class_}${words}` : ''
  return silent(
    `\`prisma migrate status\` ended with status ${/^\d{1,3}$/.test(status) ? status : '?'}${code}`,
  )
}

/** It names what is amiss; what else lies in the folder that it looked into is applied. */
function statusesOf(
  { local, count, unapplied, unpersisted, failed }: PrismaHistory,
  { fromCount, unnamable, onlyFrom, both }: Omit<FileFacts, 'rest'>,
): ReadonlyMap<string, MigrationStatus> {
  // As many as the live commit has: then that is what it looked into, and no other folder of another image.
  const looked = local ?? (count === fromCount && unnamable === 0 ? [...onlyFrom, ...both] : [])
  const statuses = new Map<string, MigrationStatus>()
  const put = (names: Iterable<string>, status: Omit<MigrationStatus, 'name' | 'batch'>) => {
    for (const name of names) statuses.set(name, { name, batch: undefined, ...status })
  }
  put(looked, { ran: true })
  put(unpersisted, { ran: true })
  put(unapplied, { ran: false })
  put(failed, { ran: true, failed: true })
  return statuses
}
