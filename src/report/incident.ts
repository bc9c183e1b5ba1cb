import type { Outcome, RunReport } from '../outcome.ts'
import { bytes } from './amounts.ts'
import { basics, description } from './incident/basics.ts'
import { improvements, prevention, rootCause } from './incident/people.ts'
import { known, state, timeline } from './incident/process.ts'
import { code, text } from './markdown.ts'

/** A report is read in an editor and kept in a wiki: what is longer than this is in the record. */
export const INCIDENT_BYTES = 256 * 1024

/** How a run ends that changed something, or that nobody knows it of. */
const CHANGING: readonly Outcome[] = ['rolled-back', 'restored', 'needs-operator', 'unknown', 'undone']

/** Whether there is an incident to report. */
export const changedSomething = ({ outcome }: Pick<RunReport, 'outcome'>): boolean =>
  CHANGING.includes(outcome)

interface Chapter {
  /** What is missing when a part of it is left out. */
  readonly name: string
  /** Its parts, the most important first. */
  readonly write: (report: RunReport) => readonly string[]
  /** It is as long as the run was; the others have room before it. */
  readonly long?: true
}

const CHAPTERS: readonly Chapter[] = [
  { name: 'Basics', write: basics },
  { name: 'Description', write: description },
  {
    name: 'Process',
    write: report => [...state(report), ...timeline(report), ...known(report)],
    long: true,
  },
  { name: 'Root cause', write: rootCause },
  { name: 'Improvements', write: improvements },
  { name: 'Prevention', write: prevention },
]

/** Room for the headings, and for saying what was left out. */
const RESERVE = 2 * 1024

/**
 * The report of a rollback as Markdown, of at most `most` bytes: filled in as far as the run knows, with marked places
 * for what only people can write. `report` is masked already; nothing else in it is trusted. Pure.
 */
export function incidentMarkdown(report: RunReport, most = INCIDENT_BYTES): string {
  let left = most - RESERVE
  const written = (chapter: Chapter): string => {
    const { parts, missing } = fitting(chapter.write(report), left)
    const body = missing === 0 ? parts : [...parts, leftOut(missing)]
    left -= sizeOf(parts)
    return [`## ${chapter.name}`, ...body].join('\n\n')
  }
  const short = new Map(CHAPTERS.filter(({ long }) => !long).map(each => [each, written(each)] as const))
  const chapters = CHAPTERS.map(each => short.get(each) ?? written(each))
  const subject = [report.app, report.environment].filter(part => part !== '').map(part => text(part, 100))
  const title = `# Rollback incident report: ${subject.join(' · ')}`
  const head = `Written by run ${code(report.run, 100)} from what it knows. Places that only people can fill in begin with **To fill in**.`
  return `${[title, head, ...chapters].join('\n\n')}\n`
}

const sizeOf = (parts: readonly string[]): number =>
  parts.reduce((sum, part) => sum + Buffer.byteLength(part) + 2, 0)

/** The parts for which there is room, each whole, and the size of the others. */
function fitting(parts: readonly string[], room: number): { parts: readonly string[]; missing: number } {
  const shown: string[] = []
  let missing = 0
  for (const part of parts.filter(each => each !== '')) {
    if (sizeOf([...shown, part]) <= room) shown.push(part)
    else missing += sizeOf([part])
  }
  return { parts: shown, missing }
}

const leftOut = (size: number): string =>
  `**Left out** (${bytes(size)}), because it would be too long: the record has it.`
