import type { Outcome, RunReport } from '../outcome.ts'
import { count } from '../report/amounts.ts'

type FollowUp = NonNullable<RunReport['followUp']>[number]

/**
 * What people still have to do after a run, in the order in which they do it: see that it works, find out why, mend it,
 * tidy up. Pure.
 *
 * @param kept sentences of the steps about what they left; of what was taken back there is none.
 */
export function followUpOf(report: RunReport, kept: readonly string[]): readonly FollowUp[] {
  const { operation, outcome } = report
  // What was gone back from may still lie there; the rest was said when it was rolled back.
  if (operation === 'undo' && (outcome === 'undone' || outcome === 'needs-operator')) return kept.map(todo)
  if (operation !== 'rollback' || !FOLLOWED.includes(outcome)) return []
  return [...works(report), ...cause(report), ...fix(report), ...tidyUp(report, kept)]
}

const FOLLOWED: readonly Outcome[] = ['rolled-back', 'restored', 'needs-operator']

const todo = (text: string): FollowUp => ({ text, done: false })
const done = (text: string): FollowUp => ({ text, done: true })

function works({ outcome, checks, hosts, from }: RunReport): FollowUp[] {
  const yourself = todo(
    'See for yourself that it works: what matters most, the data, the speed, and that users get in.',
  )
  if (outcome === 'needs-operator')
    return [
      todo(
        'Put the hosts in order, as the summary says, and give the lock back: until then no deploy goes through.',
      ),
      yourself,
    ]
  if (outcome === 'restored')
    return [
      done(`${hosts.length === 1 ? 'The host is' : 'The hosts are'} back on \`${from || 'what was live'}\`.`),
      todo(
        'What was wrong before is still wrong: decide whether to try another release, or to mend this one.',
      ),
    ]
  const made = checks.filter(({ status }) => status !== 'not-run')
  const passed = made.filter(({ status }) => status === 'passed')
  if (made.length === 0)
    return [todo('Nothing was looked at by this run: check that the services answer.'), yourself]
  const sum = `${passed.length} of ${count(made.length, 'check')} ${made.length === 1 ? 'passes' : 'pass'}.`
  return [passed.length === made.length ? done(sum) : todo(`${sum} Look at what the others say.`), yourself]
}

function cause({ outcome, from, to, diagnosis }: RunReport): FollowUp[] {
  const where = diagnosis.length > 0 ? ', with the diagnosis' : ''
  const of = outcome === 'rolled-back' ? from : to
  return [
    todo(
      `Find out why \`${of || 'the release'}\` did not serve${where}, and write the causes into the report, which is begun: the output \`report\` names its file, and the templates keep it as an artifact of the run.`,
    ),
  ]
}

function fix({ outcome, hold }: RunReport): FollowUp[] {
  if (outcome !== 'rolled-back') return []
  if (hold === undefined) return [todo('Prepare the fix and deploy it as a new release.')]
  const what = hold.release === '*' ? 'Every deploy is' : `Deploys of \`${hold.release}\` are`
  return [
    todo(
      `Prepare the fix and deploy it as a new release. ${what} on hold; when that may go: \`operation: record\` with \`state: free\`, \`target: ${hold.release}\` and a reason.`,
    ),
  ]
}

function tidyUp({ outcome, backups }: RunReport, kept: readonly string[]): FollowUp[] {
  const unread = backups.filter(({ verified }) => !verified).length
  const read = `${count(backups.length, 'backup')} made`
  return [
    ...(backups.length === 0
      ? []
      : [
          unread === 0
            ? done(`${read} and read back.`)
            : todo(`${read}, ${unread} of them not read back: try those before you rely on them.`),
        ]),
    ...kept.map(todo),
    ...(outcome === 'rolled-back'
      ? [
          todo(
            'When it has been stable for a while, tidy up: `operation: status` shows what runs have left, `operation: prune` removes what `keep` covers no longer.',
          ),
        ]
      : []),
  ]
}
