import type { Contender } from '../contenders/contender.ts'

import type { Case } from './cases.ts'
import type { Judged, Verdict } from './judge.ts'

export interface Row {
  readonly met: Case
  readonly judged: ReadonlyMap<Contender, Judged>
}

const SHOWN: Readonly<Record<Verdict, string>> = {
  right: '✓ right',
  refused: '– refused',
  wrong: '✗ wrong',
  'silently wrong': '✗✗ **silently wrong**',
  'not asked': 'not asked',
}

/** The page, as Markdown. */
export function report(
  date: Date,
  machine: readonly string[],
  contenders: readonly Contender[],
  rows: readonly Row[],
): string {
  const count = (contender: Contender, verdict: Verdict) =>
    rows.filter(({ judged }) => judged.get(contender)?.verdict === verdict).length
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const head = contenders.map(({ name }) => name)
  return `# What a rollback does when something is wrong

${date.toISOString().slice(0, 10)}. The same situations for each tool, laid out anew, on real SSH servers.

${line(['', ...head])}
${line(['---', ...head.map(() => '---')])}
${(['right', 'refused', 'wrong', 'silently wrong', 'not asked'] as const)
  .map(verdict => line([SHOWN[verdict], ...contenders.map(each => String(count(each, verdict)))]))
  .join('\n')}

*Right*: every host is on the release that was wanted and the exit is green; or, where nothing good can come of it,
nothing has changed anywhere and the exit is red. *Refused*: nothing has changed and the exit is red, where it could have
been done. *Wrong*: something else, with a red exit. *Silently wrong*: something else, and it says success. On the way
nothing may be deleted that was there before, and nothing may be left between the releases.

## Case by case

${line(['', 'case', 'wanted', ...head])}
${line(['---', '---', '---', ...head.map(() => '---')])}
${rows
  .map(({ met, judged }) =>
    line([
      met.id,
      `${met.title} (${met.hosts} ${met.hosts === 1 ? 'host' : 'hosts'})`,
      met.right === 'refused' ? 'nothing changes, red' : `${met.right.live.join(' or ')}, green`,
      ...contenders.map(each => cell(judged.get(each))),
    ]),
  )
  .join('\n')}

## Machine and method

${machine.map(each => `- ${each}`).join('\n')}

Hosts are SSH servers on addresses of 127.0.0.1, each with a \`/srv/demo\` and a home of its own. Every tool is asked for the
release before the live one, unless the case says otherwise, with the configuration that the bench of times uses. Only
what stands on the hosts afterwards and the exit status are judged. A case is one run, or as many as it says; those that
are about a moment (two at once, killed) can come out another way another time. Capistrano packs the release that it
leaves into an archive and removes it; that is its way, and is not counted as deleting.

Repeat it, as root on Debian or Ubuntu: \`npm ci && npm run bench:correctness\` (\`-- --write\` to replace this page, \`-- --only X1\`
for one case).
`
}

const cell = (judged: Judged | undefined): string =>
  judged === undefined ? '' : `${SHOWN[judged.verdict]}<br>${judged.words}`
