import { beginning, ending, type Message, noticeOf } from '../../../src/notify/message.ts'
import type { RunReport } from '../../../src/outcome.ts'
import { report } from '../../support/reports.ts'

const SERVER = 'https://github.com'

/** The message of a run that begins. */
export const started = (changes: Partial<RunReport> = {}): Message => beginning(report(changes), SERVER)

/** The message of a run that is over. */
export function over(changes: Partial<RunReport> = {}): Message {
  const told = report(changes)
  const notice = noticeOf(told)
  if (notice === undefined) throw new Error('nobody is told of this')
  return ending(notice, told, SERVER)
}

/** A run that needs somebody now. */
export const failed: Partial<RunReport> = {
  outcome: 'needs-operator',
  hosts: [],
  failure: {
    code: 'RB-X',
    message: 'web-1 did not go back: `current` is a folder.',
    remedy: ['Mend `current`.'],
  },
}

/** What a stranger writes into the reason of a rollback to reach more than its readers. */
export const HOSTILE =
  '<!here> <!channel> @channel @everyone @all <@U123> <at user_id="all">x</at> [pay](https://evil.example) *b* _i_ `c` ~s~ ||p|| https://evil.example/x www.evil.example <https://evil.example|y> &amp; # h\n> q'
