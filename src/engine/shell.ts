import { readFileSync } from 'node:fs'

/** The text of a shell file that lies beside the code (and beside the bundle, where anyone can read it). */
export const readShell = (file: URL): string => readFileSync(file, 'utf8')

/** Shell functions that belong together, in one file or, each about one question, in several. */
export type ShellFiles = URL | readonly URL[]

export const readShells = (files: ShellFiles): string => [files].flat().map(readShell).join('\n')

// Each name is spelled out, because the bundler only carries along what it can read off the source.
const LIVENESS = new URL('./liveness.sh', import.meta.url)
const COURIER = [
  new URL('./courier/start.sh', import.meta.url),
  new URL('./courier/run.sh', import.meta.url),
  new URL('./courier/follow.sh', import.meta.url),
  LIVENESS,
  new URL('./courier/messages.sh', import.meta.url),
  new URL('./courier/keep.sh', import.meta.url),
  new URL('./courier/remove.sh', import.meta.url),
  new URL('./courier/probe.sh', import.meta.url),
]
const PROGRAM = [
  new URL('./program/start.sh', import.meta.url),
  new URL('./program/journal.sh', import.meta.url),
  LIVENESS,
  new URL('./program/lock.sh', import.meta.url),
  new URL('./program/step.sh', import.meta.url),
  new URL('./program/backup.sh', import.meta.url),
  new URL('./program/journey.sh', import.meta.url),
  new URL('./program/ending.sh', import.meta.url),
  new URL('./program/told.sh', import.meta.url),
  new URL('./program/person.sh', import.meta.url),
]

/** The courier without its variables in front and its first questions behind. */
export const courierSource = (): string => COURIER.map(readShell).join('\n')

/** The engine of the program on the host, without the plan in front and the kinds behind. */
export const programSource = (): string => PROGRAM.map(readShell).join('\n')
