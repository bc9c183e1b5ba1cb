import type { PhaseReport, RunReport } from '../../outcome.ts'
import { duration } from '../amounts.ts'
import { neutraliseTitle } from '../neutralise.ts'

/** The phases as a Mermaid gantt, with the time of each in words for those whose page doesn't draw it. */
export function timeline({ phases }: RunReport): string {
  const drawn = phases.filter(phase => phase.to >= phase.from && phase.from >= 0).slice(0, 30)
  // One bar shows nothing that the second line of the page doesn't say.
  if (drawn.length < 2) return ''
  const span = Math.max(...drawn.map(phase => phase.to))
  const { format, axis, time } = scale(span)
  return [
    '```mermaid',
    'gantt',
    `  dateFormat ${format}`,
    `  axisFormat ${axis}`,
    '  section all hosts',
    // A switch of milliseconds would have no width at all; its label has the true time.
    ...drawn.map(
      phase =>
        `  ${label(phase)} :${phase.critical ? 'crit, ' : ''}${time(phase.from)}, ${time(Math.max(phase.to, phase.from + span / 250))}`,
    ),
    '```',
  ].join('\n')
}

interface Scale {
  readonly format: string
  readonly axis: string
  time(milliseconds: number): string
}

function scale(span: number): Scale {
  // Under a minute plain milliseconds do. Beyond, Mermaid shows `x` in the reader's time zone, and not every zone is
  // a whole number of hours from UTC; a time of day is read and shown in the same zone.
  if (span < 60_000) {
    return {
      format: 'x',
      axis: span < 8000 ? '%-S.%L s' : '%-S s',
      time: milliseconds => String(Math.round(milliseconds)),
    }
  }
  return {
    format: 'HH:mm:ss.SSS',
    axis: span < 3_600_000 ? '%-M:%S' : '%-H:%M',
    time: milliseconds => new Date(Math.round(milliseconds)).toISOString().slice(11, 23),
  }
}

// Words that mean something to Mermaid at the start of a line.
const KEYWORD =
  /^(gantt|section|title|click|call|href|dateFormat|axisFormat|tickInterval|excludes|includes|todayMarker|weekday|weekend|inclusiveEndDates|topAxis|displayMode|acc(Title|Descr))\b/i

function label(phase: PhaseReport): string {
  const name = neutraliseTitle(phase.name, 60)
    .replace(/[^\p{L}\p{N} .()_/+,-]/gu, ' ')
    .trim()
  const safe = name === '' ? 'phase' : name
  return `${KEYWORD.test(safe) ? `· ${safe}` : safe} · ${duration((phase.to - phase.from) / 1000)}`
}
