import { numberOf, PATH, readFactLine } from '../release/fact-line.ts'

/** What one host said of the processes that run from its releases. */
export interface ServingFacts {
  /** Real path of the release that is live. */
  readonly live: string
  /** Processes that run from it. */
  readonly current: number
  /** Processes that run from another release beside it. */
  readonly old: readonly OldProcess[]
  /** Programs that run applications and that we may not look into, counted. */
  readonly hidden: readonly HiddenProcesses[]
  /** The host does not show us anybody else's processes at all. */
  readonly onlyOwn: boolean
}

export interface OldProcess {
  readonly pid: number
  readonly user: string
  /** Its first words, without options; `?` when they could not be read. */
  readonly command: string
  /** What of it lies in the other release: its folder, its program, or a file that it has open. */
  readonly what: 'cwd' | 'exe' | 'fd'
  readonly path: string
}

export interface HiddenProcesses {
  readonly user: string
  readonly command: string
  readonly count: number
}

/**
 * How many processes work in a release: their folder or their program lies there. One that has only a file of it open may
 * be a web server that hands it out and closes it again: that it is gone later says nothing.
 */
export function countAtWork(lines: readonly string[]): number {
  const pids = lines.slice(0, MOST.lines).flatMap(line => {
    const { word, text } = readFactLine(line)
    const [, pid, , what] = (word === 'process' && PROCESS.exec(text)) || []
    return pid !== undefined && what !== 'fd' ? [pid] : []
  })
  return new Set(pids).size
}

const PROCESS = /^(\d{1,9}) (\S{1,64}) (cwd|exe|fd) (\/.*)$/
const COMMAND = /^(\d{1,9}) (.+)$/
const HIDDEN = /^(\S{1,64}) (.{1,64})$/
const MOST = { lines: 5000, old: 200, hidden: 20 }

/** Reads what `processes.sh` printed; undefined when nothing there says which release is live. Never throws. */
export function readServing(lines: readonly string[]): ServingFacts | undefined {
  let live: string | undefined
  let onlyOwn = false
  const current = new Set<number>()
  const old = new Map<number, OldProcess>()
  const commands = new Map<number, string>()
  const hidden = new Map<string, HiddenProcesses>()
  for (const line of lines.slice(0, MOST.lines)) {
    const { word, text, exact } = readFactLine(line)
    if (word === 'only-own') onlyOwn = true
    else if (word === 'serving' && exact) live ??= PATH.exec(text)?.[1]
    else if (word === 'process') takeProcess(text)
    else if (word === 'command') takeCommand(text)
    else if (word === 'hidden') takeHidden(text)
  }
  if (live === undefined) return undefined
  return {
    live,
    current: [...current].filter(pid => !old.has(pid)).length,
    old: [...old.values()].map(each => ({ ...each, command: commands.get(each.pid) ?? '?' })),
    hidden: [...hidden.values()],
    onlyOwn,
  }

  function takeProcess(text: string): void {
    const [, number, user = '', what, path = ''] = PROCESS.exec(text) ?? []
    const pid = numberOf(number)
    if (pid === undefined || live === undefined || !isWhat(what)) return
    if (path === live || path.startsWith(`${live}/`)) current.add(pid)
    else if (old.size < MOST.old && !old.has(pid)) old.set(pid, { pid, user, command: '?', what, path })
  }

  function takeCommand(text: string): void {
    const [, pid, command = ''] = COMMAND.exec(text) ?? []
    if (pid !== undefined) commands.set(Number(pid), command.slice(0, 200))
  }

  function takeHidden(text: string): void {
    const [, user, command] = HIDDEN.exec(text) ?? []
    if (user === undefined || command === undefined) return
    const known = hidden.get(`${user} ${command}`)
    if (known === undefined && hidden.size >= MOST.hidden) return
    hidden.set(`${user} ${command}`, { user, command, count: (known?.count ?? 0) + 1 })
  }
}

const isWhat = (what: string | undefined): what is OldProcess['what'] =>
  what === 'cwd' || what === 'exe' || what === 'fd'
