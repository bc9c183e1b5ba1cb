import type { RunReport } from '../../outcome.ts'
import { prose, text } from '../markdown.ts'
import { short } from '../verdict.ts'
import { toFillIn } from './marked.ts'

/** Why it came to this: the run knows where to look, and nothing more. */
export function rootCause(report: RunReport): string[] {
  const changes = report.checklist?.some(({ what, items = [] }) => what === 'changes' && items.length > 0)
  const where = [
    changes ? 'the commits under *Known before the first change*' : '',
    report.diagnosis.length > 0 ? 'the diagnosis' : '',
    report.checks.some(({ status }) => status === 'failed') ? 'the checks that failed' : '',
  ].filter(part => part !== '')
  const hint = where.length === 0 ? '' : ` Begin with ${where.join(', and ')}.`
  return [
    `### Technical cause\n\n${toFillIn(`what exactly was wrong with ${text(culprit(report))}.${hint}`)}`,
    `### Process\n\n${toFillIn('how it came into production: which review, test or approval let it through.')}`,
  ]
}

/** What was live when somebody decided to go back. */
const culprit = ({ operation, from, to }: RunReport): string =>
  `release ${short(operation === 'undo' ? to : from) || 'that was live'}`

/** What is to change, by the three places in which it can. */
export const improvements = (): string[] => [
  `### Test process\n\n${toFillIn('which test would have found it, and who writes it.')}`,
  `### Monitoring and alerts\n\n${toFillIn('what would have told sooner, or without a user.')}`,
  `### Deploy process\n\n${toFillIn('what would have kept it out of production, or made the way back shorter.')}`,
]

/** How it does not happen again, and what is left to do now. */
export function prevention({ followUp = [] }: RunReport): string[] {
  const items = followUp
    .slice(0, 100)
    .map(({ text: words, done }) => `- [${done ? 'x' : ' '}] ${prose(words, 600)}`)
  return [
    toFillIn('preventive measures, each with an owner and a date.'),
    items.length === 0 ? '' : `### Follow-up\n\n${items.join('\n')}`,
  ]
}
