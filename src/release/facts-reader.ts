import { parseDrillMark } from './drill-mark.ts'
import { type FactLine, Once, PATH, readFactLine } from './fact-line.ts'
import type { DrillFact, HostFacts, LockFact, RunFact } from './facts.ts'
import { type LedgerEntry, parseLedgerLine } from './ledger.ts'
import { SymlinkReader } from './symlink-reader.ts'

// What a host may say is bounded, for it may be the one that was broken into.
const MOST = { lines: 20_000, ledger: 1000, runs: 50, symlinks: 50, tools: 100, answers: 200, answer: 2000 }

const FORMS = {
  hostname: /^([A-Za-z0-9._-]{1,253})$/,
  user: /^(\S{1,64}) (\d{1,10})$/,
  system: /^(.{1,200})$/,
  boot: /^([0-9A-Fa-f-]{1,64})$/,
  time: /^(\d{1,12})$/,
  state: PATH,
}
const TOOL = /^([A-Za-z0-9][A-Za-z0-9._+-]{0,63}) (\/.*)$/
const RUN = /^([!-~]{1,64}) (forward|back) ([!-~]{1,64}) ([!-~]{1,255}) ([!-~]{1,255})$/
const OWNER = /^v1:([!-9;-~]{1,64}):([0-9A-Fa-f-]{1,64}):(\d{1,10}):(\d{1,20})$/

/**
 * Reads what the probe printed on one host, a fact a line. Never throws: a line that is unknown, repeated or not in its
 * form is counted in `ignored`. What was never said is empty, 0, or for `uid` -1, so that nobody passes for root.
 *
 * @param host the name in the runbook
 */
export function readFacts(host: string, lines: readonly string[]): HostFacts {
  const reader = new HostReader()
  const read = lines.slice(0, MOST.lines)
  const taken = read.filter(line => reader.take(readFactLine(line)))
  return reader.facts(host, lines.length - taken.length)
}

class HostReader {
  readonly #once = new Once(FORMS)
  readonly #tools = new Map<string, string>()
  readonly #runs: RunFact[] = []
  readonly #ledger: LedgerEntry[] = []
  readonly #symlinks: SymlinkReader[] = []
  /** The folder that lines are about now. */
  #symlink: SymlinkReader | undefined
  readonly #answers: FactLine[][] = []
  #lock: LockFact | undefined
  #drill: DrillFact | undefined
  #stateProblem: string | undefined

  take(line: FactLine): boolean {
    const { word, text, exact } = line
    switch (word) {
      case 'asked':
        return exact && this.#asked(text)
      case 'tool':
        return exact && this.#tool(text)
      case 'run':
        return exact && this.#run(text)
      case 'ledger':
        return exact && this.#entry(text)
      // These three forbid something, so they are taken in any form.
      case 'lock':
        if (this.#lock) return false
        this.#lock = readLock(text)
        return true
      case 'drill':
        if (this.#drill) return false
        this.#drill = readDrill(text)
        return true
      case 'state-problem':
        this.#stateProblem ??= text || 'can’t be trusted'
        return true
      case 'symlink':
        // After a heading that isn't taken, the lines below it must not pass for another folder's.
        this.#symlink =
          exact && PATH.test(text) && this.#symlinks.length < MOST.symlinks
            ? new SymlinkReader(text)
            : undefined
        return this.#symlink !== undefined && this.#symlinks.push(this.#symlink) > 0
    }
    return this.#once.take(line) || (this.#symlink?.take(line) ?? false) || this.#answer(line)
  }

  /** The questions are numbered by us: a host that counts differently answers none of them. */
  #asked(text: string): boolean {
    this.#symlink = undefined
    return text === String(this.#answers.length) && this.#answers.length < MOST.answers
      ? this.#answers.push([]) > 0
      : false
  }

  #answer(line: FactLine): boolean {
    const answer = this.#answers.at(-1)
    return answer !== undefined && answer.length < MOST.answer && answer.push(line) > 0
  }

  #tool(text: string): boolean {
    const [, name, path] = TOOL.exec(text) ?? []
    if (name === undefined || path === undefined || this.#tools.has(name)) return false
    if (this.#tools.size >= MOST.tools) return false
    this.#tools.set(name, path)
    return true
  }

  #run(text: string): boolean {
    const [, run, direction, state, from, to] = RUN.exec(text) ?? []
    if (run === undefined || state === undefined || from === undefined || to === undefined) return false
    if (this.#runs.length >= MOST.runs) return false
    const release = (name: string) => (name === '-' ? '' : name)
    this.#runs.push({
      run,
      direction: direction === 'back' ? 'back' : 'forward',
      state,
      from: release(from),
      to: release(to),
    })
    return true
  }

  #entry(text: string): boolean {
    const entry = parseLedgerLine(text)
    return entry !== undefined && this.#ledger.push(entry) > 0
  }

  facts(host: string, ignored: number): HostFacts {
    const [user = '', uid = '-1'] = this.#once.of('user')
    const one = (word: keyof typeof FORMS) => this.#once.of(word)[0] ?? ''
    return {
      host,
      hostname: one('hostname'),
      user,
      uid: Number(uid),
      system: one('system'),
      bootId: one('boot'),
      time: Number(one('time')),
      stateFolder: one('state'),
      stateProblem: this.#stateProblem,
      tools: Object.fromEntries(this.#tools),
      lock: this.#lock,
      drill: this.#drill,
      ledger: this.#ledger.slice(-MOST.ledger),
      runs: this.#runs,
      symlinks: this.#symlinks.map(symlink => symlink.facts()),
      answers: this.#answers,
      ignored,
    }
  }
}

/** A mark whose owner can't be read is taken for a living one, as a lock is. */
function readDrill(text: string): DrillFact {
  const [, life, owner = '', said = ''] = /^(alive|dead) (\S*) ?(.*)$/.exec(text) ?? []
  const [, run = ''] = OWNER.exec(owner) ?? []
  return { run, alive: life !== 'dead' || run === '', mark: parseDrillMark(said) }
}

/** A lock whose owner can't be read can't be proven dead. */
function readLock(text: string): LockFact {
  const [, life, owner = ''] = /^(?:(alive|dead) )?(.*)$/.exec(text) ?? []
  const [, run = '', bootId = '', pid = '0', startTime = ''] = OWNER.exec(owner) ?? []
  return { run, bootId, pid: Number(pid), startTime, alive: life !== 'dead' || run === '', text: owner }
}
