import { type ChildProcess, spawn } from 'node:child_process'
import {
  closeSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Shell } from '../engine/shells.ts'
import { compile, makeSite, planFor, RUN, type Site } from '../engine/site.ts'

/** Where a program and all that it has started are killed: at its nth call of another one. */
export interface KillPoint {
  readonly call: number
  readonly when: 'before' | 'after'
}

/** `after`: milliseconds. */
export type End = KillPoint | { readonly until: string } | { readonly after: number } | 'counted' | 'free'

export interface Victim extends Disposable {
  readonly site: Site
  /** Keeps a copy of what is on the host now. */
  keep(): string
  /** Brings the host back to what was kept, or to before the run. */
  reset(kept?: string): void
  /**
   * Runs the program with the words that it will be told, until it ends or is killed: there, or a little after its
   * journal says `until`. Returns how many other programs it called; 0 when nobody wants to know.
   */
  run(verb: string, words: string, end?: End, run?: string): Promise<number>
  /** How often what is live was looked at, and what was wrong with it. */
  readonly looks: { count: number; readonly wrong: string[] }
}

/** A host whose program runs without a courier, and can be killed at each of its steps. */
export function makeVictim(shell: Shell): Victim {
  // In memory where there is such a place: a thousand runs sync ten times each.
  const site = makeSite('rollbook-kill-', existsSync('/dev/shm') ? '/dev/shm' : tmpdir())
  const looks = { count: 0, wrong: [] as string[] }
  const looking = setInterval(() => look(site, looks), 3)
  const counter = join(site.root, 'counter')
  const isExtra = (name: string) => name.startsWith('current.')
  let kept = 0

  return {
    site,
    looks,
    keep() {
      kept += 1
      const copy = join(site.root, 'copies', String(kept))
      mkdirSync(copy, { recursive: true })
      cpSync(site.state, join(copy, 'state'), { ...VERBATIM, filter: path => !lstatSync(path).isFIFO() })
      writeFileSync(join(copy, 'starts'), site.starts())
      for (const name of ['current', ...readdirSync(site.root).filter(isExtra)])
        symlinkSync(readlinkSync(join(site.root, name)), join(copy, name))
      return copy
    },
    reset(copy) {
      rmSync(site.state, { recursive: true, force: true })
      for (const name of readdirSync(site.root).filter(isExtra)) rmSync(join(site.root, name))
      symlinkSync(
        copy === undefined ? 'releases/3' : readlinkSync(join(copy, 'current')),
        join(site.root, 'next'),
      )
      renameSync(join(site.root, 'next'), join(site.root, 'current'))
      writeFileSync(join(site.root, 'starts'), copy === undefined ? '' : readFileSync(join(copy, 'starts')))
      if (copy === undefined) return
      cpSync(join(copy, 'state'), site.state, VERBATIM)
      for (const name of readdirSync(copy).filter(isExtra))
        symlinkSync(readlinkSync(join(copy, name)), join(site.root, name))
    },
    async run(verb, words, end = 'free', run = RUN) {
      const own = join(site.state, 'runs', run)
      if (!existsSync(join(own, 'rollbook'))) install(site, shell, run)
      writeFileSync(counter, '0\n')
      const child = spawn(shell.sh, ['-c', READY, 'sh', shell.sh, own, verb], {
        // The leader of a group: who kills the group kills everything that it has started.
        detached: true,
        stdio: ['pipe', 'pipe', 'ignore'],
        env: {
          PATH: shell.path,
          HOME: site.home,
          ...(counts(end) && { KILL_FILE: counter }),
          ...(typeof end === 'object' && 'call' in end && { KILL_AT: `${end.call}:${end.when}` }),
        },
      })
      const control = await heldPipe(child, join(own, 'control'))
      writeSync(control, words)
      const ended = new Promise<void>(resolve => child.on('exit', () => resolve()))
      child.stdin?.end('go\n')
      if (typeof end === 'object' && 'until' in end) {
        while (!site.journal(run).includes(end.until)) await sleep(2)
        await sleep(50)
        killGroup(child)
      }
      if (typeof end === 'object' && 'after' in end) {
        await Promise.race([ended, sleep(end.after)])
        killGroup(child)
      }
      await ended
      closeSync(control)
      return Number(readFileSync(counter, 'utf8'))
    },
    [Symbol.dispose]() {
      clearInterval(looking)
      site[Symbol.dispose]()
    },
  }
}

/** Whether its calls are counted: that takes time, which a kill at a moment should not meet. */
const counts = (end: End): boolean => end !== 'free' && !(typeof end === 'object' && 'after' in end)

function killGroup(child: ChildProcess): void {
  try {
    process.kill(-Number(child.pid), 'SIGKILL')
  } catch {
    // It ended by itself meanwhile.
  }
}

const VERBATIM = { recursive: true, verbatimSymlinks: true }

// Makes the pipe for words, and becomes the program when the words are in it.
const READY = `KILL_GROUP=$$
  export KILL_GROUP
  cd "$2" && { [ -p control ] || mkfifo control; } && echo && read -r _ && exec "$1" ./rollbook "$3"`

/** Opens the pipe for words so that they wait for their reader. */
const heldPipe = (child: ChildProcess, pipe: string): Promise<number> =>
  new Promise((resolve, reject) => {
    child.on('error', reject)
    child.stdout?.once('data', () => resolve(openSync(pipe, 'r+')))
  })

function look(site: Site, looks: Victim['looks']): void {
  looks.count += 1
  try {
    const version = readFileSync(join(site.root, 'current/public/version'), 'utf8')
    if (version !== '2' && version !== '3') looks.wrong.push(version)
  } catch (error) {
    looks.wrong.push(String(error))
  }
}

/** The program of a run that goes from what is live to the other one of 2 and 3. */
function install(site: Site, shell: Shell, run: string): void {
  const [from, to] = site.live() === 'releases/3' ? ['3', '2'] : ['2', '3']
  const plan = planFor(site, { run, from, to, onLostContact: 'undo' })
  const steps = plan.steps.map(step =>
    step.kind === 'symlink'
      ? { ...step, data: { ...step.data, before: `releases/${from}`, after: `releases/${to}` } }
      : step,
  )
  const own = join(site.state, 'runs', run)
  mkdirSync(join(own, 'secrets'), { recursive: true })
  writeFileSync(join(own, 'secrets/TOKEN'), 'sesame')
  const { text } = compile({ ...plan, steps })
  writeFileSync(join(own, 'rollbook'), standIns(text, shell) + text)
}

// Of the shell itself, or (sleep) called beside everything else by the one that counts the silence.
const NOT_CALLED = ['echo', 'false', 'kill', 'printf', 'pwd', 'sh', 'sleep', 'test', 'time', 'true']

/**
 * For each program that a text can call, a function of the same name that counts, does what the program does, and kills.
 * Not programs in front on PATH: busybox does not look there for what it has in itself.
 */
function standIns(text: string, shell: Shell): string {
  const programs = new Set(shell.path.split(':').flatMap(path => (existsSync(path) ? readdirSync(path) : [])))
  const words = new Set(text.match(/\b[a-z][a-z0-9]*\b/g) ?? [])
  const called = [...words].filter(word => programs.has(word) && !NOT_CALLED.includes(word))
  return `if [ -n "\${KILL_FILE-}" ]; then
stand_in() {
  read -r killed_at <"$KILL_FILE"
  killed_at=$((killed_at + 1))
  echo "$killed_at" >"$KILL_FILE"
  [ "$killed_at:before" != "\${KILL_AT-}" ] || kill -9 "-$KILL_GROUP"
  command "$@"
  killed_status=$?
  [ "$killed_at:after" != "\${KILL_AT-}" ] || kill -9 "-$KILL_GROUP"
  return "$killed_status"
}
${called.map(name => `${name}() { stand_in ${name} "$@"; }\n`).join('')}fi
`
}
