import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Machine } from './production.ts'
import type { ActionRun } from './runner.ts'

/** A value that is in nothing else, by the name of the place where it was given. */
export type Canaries = Readonly<Record<string, string>>

/** Shorter fragments are in other texts by accident. */
const SHORTEST = 8

/** What base64 shows of a text however many bytes stand before it; its first characters, because tools break lines. */
const base64 = (bytes: Buffer): string[] =>
  [0, 1, 2].map(before => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const end = Math.floor(((before + bytes.length) * 8) / 6)
    return whole.slice(Math.ceil((before * 8) / 6), end).slice(0, 40)
  })

/** The text and each of its lines, in five encodings. */
export function formsOf(value: string): ReadonlyMap<string, string> {
  const forms = new Map<string, string>()
  const lines = value.split(/\r?\n/).map(line => line.trim())
  for (const text of new Set([value.trim(), ...lines])) {
    if (text.length < SHORTEST || text.startsWith('-----')) continue
    const bytes = Buffer.from(text)
    const each: readonly (readonly [encoding: string, form: string])[] = [
      ['plain', text],
      ...base64(bytes).map(form => ['base64', form] as const),
      ['url', encodeURIComponent(text)],
      ['json', JSON.stringify(text).slice(1, -1)],
      ['hex', bytes.toString('hex')],
      ['hex', bytes.toString('hex').toUpperCase()],
    ]
    for (const [encoding, form] of each) if (!forms.has(form)) forms.set(form, encoding)
  }
  return forms
}

/** Where which canary was seen, and in which encoding: `log: API_TOKEN (base64)`. */
export function seenIn(sink: string, text: string, canaries: Canaries): readonly string[] {
  const seen = new Set<string>()
  for (const [name, value] of Object.entries(canaries))
    for (const [form, encoding] of formsOf(value))
      if (text.includes(form)) seen.add(`${sink}: ${name} (${encoding})`)
  return [...seen]
}

/** The same for the files of a folder. */
export function seenBelow(sink: string, folder: string, canaries: Canaries): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .flatMap(file => seenIn(`${sink} ${file.replace(folder, '…')}`, readFileSync(file, 'utf8'), canaries))
}

/** Everything that a run has told anybody, by where it told it; the log as it was before any runner masked it. */
export const sinksOf = (run: ActionRun): Readonly<Record<string, string>> => ({
  // The one way to tell a runner what it has to hide.
  log: run.rawLog.filter(line => !line.startsWith('::add-mask::')).join('\n'),
  summary: run.summary,
  annotations: run.annotations.map(({ message }) => message).join('\n'),
  outputs: Object.values(run.outputs).join('\n'),
  ...run.outputFiles,
  state: Object.values(run.main.state).join('\n'),
  variables: Object.values(run.env).join('\n'),
})

/** What runs on a host, looked at again and again: the arguments and the environments that anybody saw. */
export interface Sampled {
  readonly arguments: ReadonlySet<string>
  readonly environments: ReadonlySet<string>
}

const MEET = { here: 'a-script-is-here', seen: 'it-was-seen' } as const
/** Shell that goes on when it has been looked at. */
export const BE_SEEN = `touch ~/${MEET.here}; until [ -e ~/${MEET.seen} ]; do sleep 0.05; done; rm -f ~/${MEET.here}`

/** Looks at the processes of a host for as long as `work` takes. */
export async function sampling<T>(
  machine: Machine,
  work: () => Promise<T>,
): Promise<{ result: T; sampled: Sampled }> {
  const sampled = { arguments: new Set<string>(), environments: new Set<string>() }
  const read = (pid: number, file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', '\n')
    } catch {
      return ''
    }
  }
  let going = true
  let looks = 0
  const looking = (async () => {
    while (going) {
      const waits = existsSync(join(machine.ssh.home, MEET.here))
      for (const pid of machine.ssh.processes()) {
        sampled.arguments.add(read(pid, 'cmdline'))
        sampled.environments.add(read(pid, 'environ'))
      }
      if (waits && ++looks === 3) writeFileSync(join(machine.ssh.home, MEET.seen), '')
      await sleep(50)
    }
  })()
  try {
    return { result: await work(), sampled }
  } finally {
    going = false
    await looking
  }
}
