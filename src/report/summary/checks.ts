import { type CheckReport, isGreen, type RunReport } from '../../outcome.ts'
import { count, duration } from '../amounts.ts'
import { code, details, prose, table, text } from '../markdown.ts'

const MOST = 300

/** Checks that did not pass, shown openly. */
export function failedChecks({ checks: all }: RunReport): string {
  const wrong = all.filter(isWrong)
  return wrong.length === 0 ? '' : `**Checks that did not pass**\n\n${checksTable(wrong)}`
}

/** The others, folded. */
export function otherChecks({ checks: all, outcome }: RunReport): string {
  const others = all.filter(check => !isWrong(check))
  if (others.length === 0) return ''
  const passed = others.filter(check => check.status === 'passed').length
  const notRun = others.length - passed
  const title = [
    passed > 0 ? `${count(passed, 'check')} passed` : '',
    notRun > 0 ? `${count(notRun, 'check')} not made` : '',
  ]
  const hint =
    isGreen(outcome) && isWeak(all)
      ? `\n\nNo answer proves which release gave it. Let one check compare the version with ${code('ROLLBOOK_TO')}.`
      : ''
  return details(title.filter(part => part !== '').join(', '), checksTable(others) + hint)
}

const isWrong = (check: CheckReport): boolean => check.status === 'failed' || check.status === 'warned'

/** Green checks that an old process could have answered just as well. */
export function isWeak(all: readonly CheckReport[]): boolean {
  const passed = all.filter(check => check.status === 'passed')
  return passed.length > 0 && passed.every(check => check.proof === 'weak')
}

const MARKS: Readonly<Record<CheckReport['status'], string>> = {
  passed: '✅',
  failed: '❌',
  warned: '⚠️',
  'not-run': 'not made',
}
const BEFORE: Readonly<Record<CheckReport['before'], string>> = {
  passed: 'passed',
  failed: 'failed',
  'not-run': '–',
}

/** Every check with what it saw. */
export function checksTable(all: readonly CheckReport[]): string {
  const head = [
    '',
    'check',
    'seen from',
    'tries',
    'took',
    'before the switch',
    'proves the release',
    'seen last',
  ]
  const shown = table(
    head,
    all
      .slice(0, MOST)
      .map(check => [
        MARKS[check.status],
        prose(check.title, 200),
        text(check.from),
        String(check.attempts),
        duration(check.seconds),
        BEFORE[check.before],
        check.proof === 'version' ? 'yes' : 'no',
        text(check.detail, 300),
      ]),
  )
  return all.length > MOST
    ? `${shown}\n\n… and ${count(all.length - MOST, 'more check')}, in the record.`
    : shown
}
