/** One line of the courier, understood. Anything on the channel that isn't one is undefined. */
export type Answer =
  | { readonly kind: 'hello' | 'end' | 'started' | 'gone' | 'beat' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'fact'; readonly text: string }
  /** A piece of what is longer than one line: it stands before the text of the next fact or output. */
  | { readonly kind: 'more'; readonly text: string }
  /** How far a step has come that writes a long file. @property expected 0 when nobody knows. */
  | { readonly kind: 'progress'; readonly step: number; readonly bytes: number; readonly expected: number }
  | { readonly kind: 'output'; readonly step: number; readonly action: string; readonly text: string }
  | { readonly kind: 'journal'; readonly entry: JournalEntry }

export type StepAction = 'ready' | 'do' | 'undo' | 'check'

/** How far a direction of a run has come, in the words of the program (`enter` in `program/*.sh`). */
const ENGINE_PHASES = [
  'new',
  'prepare',
  'prepared',
  'switch',
  'switched',
  'failed',
  'revert',
  'reverted',
  'commit',
] as const
export type EnginePhase = (typeof ENGINE_PHASES)[number]

/**
 * How a backup was proved: `stream`, by what its tools said while it was written; `readback`, read to its end
 * afterwards; `restore`, brought back into a place of its own and compared.
 */
export const BACKUP_LEVELS = ['stream', 'readback', 'restore'] as const
export type BackupLevel = (typeof BACKUP_LEVELS)[number]

/** One line of a run's journal. */
export type JournalEntry =
  | { readonly word: 'run'; readonly direction: 'forward' | 'back' }
  | { readonly word: 'phase'; readonly phase: EnginePhase }
  | { readonly word: 'begin'; readonly step: number; readonly action: StepAction }
  | {
      readonly word: 'end'
      readonly step: number
      readonly action: StepAction
      readonly status: number
      readonly tries: number
      /** Milliseconds, when it ran beside others and was told later. */
      readonly took?: number
    }
  | {
      readonly word: 'backup'
      readonly step: number
      readonly sha256: string
      readonly bytes: number
      readonly level: BackupLevel
      readonly path: string
    }
  | { readonly word: 'refused'; readonly alive: boolean; readonly holder: string }
  | { readonly word: 'strayed'; readonly step: number }
  | { readonly word: 'fenced'; readonly step: number }
  | { readonly word: 'verified' | 'resumed'; readonly passed: boolean }
  | { readonly word: 'diagnosed' }
  | { readonly word: 'outcome'; readonly direction: 'forward' | 'back'; readonly outcome: string }
  | { readonly word: 'other'; readonly text: string }

const ACTIONS: readonly string[] = ['ready', 'do', 'undo', 'check']

/** Reads one line of the channel; `nonce` is the one that the courier was given. */
export function readAnswer(line: string, nonce: string): { message: number; answer: Answer } | undefined {
  const prefix = `RB1 ${nonce} `
  if (!line.startsWith(prefix)) return undefined
  const [message = '', word = '', ...rest] = line.slice(prefix.length).split(' ')
  const answer = understand(word, rest)
  return answer && /^\d{1,9}$/.test(message) ? { message: Number(message), answer } : undefined
}

function understand(word: string, rest: readonly string[]): Answer | undefined {
  switch (word) {
    case 'hello':
    case 'end':
    case 'started':
    case 'gone':
    case 'beat':
      return { kind: word }
    case 'refused':
      return { kind: 'refused', why: rest.join(' ') }
    case 'fact':
    case 'more':
      return { kind: word, text: rest.join(' ') }
    case 'out': {
      const [step = '', action = '', ...text] = rest
      return NUMBER.test(step)
        ? { kind: 'output', step: Number(step), action, text: text.join(' ') }
        : undefined
    }
    case 'progress': {
      const [step = '', bytes = '', expected = ''] = rest
      return NUMBER.test(step) && BYTES.test(bytes) && BYTES.test(expected)
        ? { kind: 'progress', step: Number(step), bytes: Number(bytes), expected: Number(expected) }
        : undefined
    }
    case 'journal': {
      const entry = readJournal(rest.join(' '))
      return entry && { kind: 'journal', entry }
    }
    default:
      return undefined
  }
}

/** Reads one line of a journal; a line without its closing dot was never written. */
export function readJournal(line: string): JournalEntry | undefined {
  const words = line.split(' ')
  if (words.length < 4 || words.pop() !== '.') return undefined
  const [, , word = '', one = '', two = '', three = '', four = '', five = '', six = ''] = words
  if (NUMBERED.includes(word) && !NUMBER.test(one)) return undefined
  switch (word) {
    case 'run':
      return { word, direction: one === 'back' ? 'back' : 'forward' }
    case 'phase': {
      const phase = ENGINE_PHASES.find(each => each === one)
      return phase && { word, phase }
    }
    case 'begin':
      return isAction(two) ? { word, step: Number(one), action: two } : undefined
    case 'end':
      return isAction(two)
        ? {
            word,
            step: Number(one),
            action: two,
            status: NUMBER.test(three) ? Number(three) : 1,
            tries: Number(five) || 1,
            ...(NUMBER.test(six) && { took: Number(six) * 10 }),
          }
        : undefined
    case 'backup':
      return {
        word,
        step: Number(one),
        sha256: two,
        bytes: BYTES.test(three) ? Number(three) : 0,
        // A word that nobody knows proves nothing more than that there is a file.
        level: BACKUP_LEVELS.find(each => each === four) ?? 'stream',
        path: words.slice(7).join(' '),
      }
    case 'refused':
      return { word, alive: two !== 'dead', holder: three }
    case 'strayed':
    case 'fenced':
      return { word, step: Number(one) }
    case 'verified':
    case 'resumed':
      return { word, passed: one === 'passed' }
    case 'diagnosed':
      return { word }
    case 'outcome':
      return { word, direction: one === 'back' ? 'back' : 'forward', outcome: two }
    default:
      return { word: 'other', text: words.slice(2).join(' ') }
  }
}

/** Words of which the first argument is the number of a step. */
const NUMBERED: readonly string[] = ['begin', 'end', 'backup', 'strayed', 'fenced']
const NUMBER = /^\d{1,9}$/
/** Backups can be larger than any number of a step. */
const BYTES = /^\d{1,15}$/

const isAction = (text: string): text is StepAction => ACTIONS.includes(text)
