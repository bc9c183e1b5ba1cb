import { isGreen, type RunReport, type ServingReport } from '../../outcome.ts'
import { clock } from '../amounts.ts'
import { hostNames, shared } from '../by-host.ts'
import { list, prose, text } from '../markdown.ts'
import { oldProcessWords, releaseOf, servingWords } from '../serving-words.ts'

/** Lines that are worth reading. */
const MOST = 20

/** What ran from which release after the switch: a link proves what is live, not what answers. */
export function serving({ serving: all = [], outcome }: RunReport): string {
  const [first] = all
  if (first === undefined) return ''
  const lines = hostLines(all)
  if (!isGreen(outcome)) {
    // The warnings are about what serves now; these are about what served when it failed.
    const shown = [
      ...lines,
      ...all.flatMap(each => oldProcessWords(each, true)).map(sentence => prose(sentence, 600)),
    ]
    const seen = clock(first.at).slice(0, 8)
    const when = seen === '' ? '' : `, seen at ${seen} UTC`
    return `**What ran while ${text(releaseOf(first))} was live**${when}\n\n${list(atMost(shown))}`
  }
  const left = all.some(({ old }) => old.length > 0)
  const advice = left
    ? ['Restart or end what still runs from another release: it goes on with the code that was left.']
    : []
  const [only = '', ...more] = lines
  return more.length === 0
    ? [`**What serves** – ${only}`, ...advice].join('. ')
    : [`**What serves**\n\n${list(atMost(lines))}`, ...advice].join('\n\n')
}

const hostLines = (all: readonly ServingReport[]): string[] =>
  shared(
    all,
    ({ host }) => host,
    each => servingWords(each),
  ).map(({ hosts, what }) => `${text(hostNames(hosts))}: ${prose(servingWords(what), 600)}`)

const atMost = (lines: readonly string[]): string[] =>
  lines.length > MOST
    ? [...lines.slice(0, MOST), `… and ${lines.length - MOST} more, in the record`]
    : [...lines]
