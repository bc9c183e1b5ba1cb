import * as v from 'valibot'

/**
 * What a drill is at, one line on each host for as long as it is not over. Whoever finds it after the runner was killed
 * knows what may be broken, and what it was like before.
 */
export interface DrillMark {
  /** Name of the drill in the runbook. */
  readonly drill: string
  /** 1-based, and the rollback that it tries. */
  readonly scenario: number
  readonly rollback: string
  readonly stage: string
  /** Id of the rollback of the drill, once it was begun. */
  readonly rolling?: string
  /** Whether the fault may have been made by now. */
  readonly broke: boolean
  /** What the host had live before the drill, as its components say. */
  readonly before: readonly (readonly [what: string, is: string])[]
  /** Over all of it: texts above may be cut. */
  readonly sum: string
  /** Release by which it can be gone back to; empty when there is none. */
  readonly name: string
}

const short = v.pipe(v.string(), v.maxLength(300))
const MARK = v.object({
  drill: short,
  scenario: v.pipe(v.number(), v.integer(), v.minValue(1)),
  rollback: short,
  stage: short,
  rolling: v.exactOptional(short),
  broke: v.boolean(),
  before: v.pipe(v.array(v.tuple([short, short])), v.maxLength(40)),
  sum: short,
  name: short,
})

/** Reads a mark; undefined when it is cut, foreign or wrong in any field. */
export function parseDrillMark(text: string): DrillMark | undefined {
  try {
    const read = v.safeParse(MARK, JSON.parse(text))
    return read.success ? read.output : undefined
  } catch {
    return undefined
  }
}

/** Bytes of a mark, so that it goes over the channel as one line. */
const MOST = 3000

/** One line of ASCII. What does not fit of `before` is left out: `sum` still tells whether all is as it was. */
export function drillMarkLine(mark: DrillMark): string {
  const before = mark.before.map(([what, is]) => [what.slice(-200), is.slice(0, 200)] as const)
  for (let kept = Math.min(before.length, 40); ; kept--) {
    const line = ascii(JSON.stringify({ ...mark, before: before.slice(0, kept) }))
    if (line.length <= MOST || kept === 0) return line
  }
}

const ascii = (json: string): string =>
  json.replace(/[^ -~]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
