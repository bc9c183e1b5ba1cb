import * as core from '@actions/core'
import { duration } from './amounts.ts'
import type { Masker } from './mask.ts'
import { neutralise, neutraliseTitle } from './neutralise.ts'

export type StepMark = 'started' | 'passed' | 'failed' | 'warned' | 'restored'

/** What a run says while it runs. Nothing given to it needs to be safe: it masks and neutralises everything. */
export interface Log {
  /** Names that will come, so that every line has room for the longest. */
  expect(hosts: readonly string[]): void
  /** Closes the open group and opens the next. */
  phase(name: string): void
  line(text: string): void
  step(host: string, mark: StepMark, title: string, milliseconds?: number): void
  /** Shows what a host printed, each line after the host's name. */
  output(host: string, lines: readonly string[]): void
  warning(text: string): void
  close(): void
}

/** Where the lines go; the only difference between the log of a job and the terminal of a person. */
interface Sink {
  open(title: string): void
  close(): void
  write(line: string): void
  warn(text: string): void
}

// The runner shows ten annotations of a kind per step and cuts each at this length (ExecutionContext.cs).
export const ANNOTATIONS = 10
export const ANNOTATION_LENGTH = 4096

const MARKS: Readonly<Record<StepMark, string>> = {
  started: '…',
  passed: '✓',
  failed: '✗',
  warned: '!',
  restored: '↩',
}

/** The log of a GitHub job: a group per phase, and the first ten warnings as annotations. */
export function githubLog(masker: Masker): Log {
  let annotated = 0
  return logTo(masker, {
    open: core.startGroup,
    close: core.endGroup,
    write: core.info,
    warn(text) {
      annotated += 1
      if (annotated <= ANNOTATIONS) core.warning(text.slice(0, ANNOTATION_LENGTH).toWellFormed())
      else core.info(`warning: ${text}`)
    },
  })
}

/** The log on a terminal or in a file: the same lines, and no commands for a runner. */
export function plainLog(stream: { write(text: string): unknown }, masker: Masker): Log {
  const write = (line: string): void => {
    stream.write(`${line}\n`)
  }
  return logTo(masker, {
    open: title => write(`\n${title}`),
    close: () => undefined,
    write,
    warn: text => write(`warning: ${text}`),
  })
}

function logTo(masker: Masker, sink: Sink): Log {
  let open = false
  let widest = 0
  // Masked before, because an escape inside a secret would hide it from the mask; and after, because taking an
  // escape out can put a secret together.
  const lines = (text: string): string[] => neutralise(masker.mask(text)).map(line => masker.mask(line))
  const title = (text: string): string => masker.mask(neutraliseTitle(masker.mask(text)))
  const column = (host: string): string => {
    const name = title(host)
    widest = Math.max(widest, name.length)
    return name.padEnd(widest)
  }
  const close = (): void => {
    if (open) sink.close()
    open = false
  }
  return {
    expect(hosts) {
      for (const host of hosts) column(host)
    },
    phase(name) {
      close()
      sink.open(title(name))
      open = true
    },
    line(text) {
      for (const line of lines(text)) sink.write(line)
    },
    step(host, mark, what, milliseconds) {
      const time = milliseconds === undefined ? '' : `  (${duration(milliseconds / 1000)})`
      sink.write(`${MARKS[mark]} ${column(host)}  ${title(what)}${time}`)
    },
    output(host, printed) {
      for (const line of lines(printed.join('\n'))) sink.write(`  ${column(host)} │ ${line}`)
    },
    warning(text) {
      sink.warn(lines(text).join('\n'))
    },
    close,
  }
}
