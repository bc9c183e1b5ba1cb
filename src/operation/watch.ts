import { type Clock, realClock } from '../check/poll.ts'
import type { RunReport, TriggerReport, WatchReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import { failureOf } from '../report/failure-words.ts'
import type { StepMark } from '../report/log.ts'
import { becauseWords, blindWords, changeWords, plannedWatchWords } from '../report/watch-words.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { type KindOf, rollBack } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { cancelledWords } from '../rollback/words.ts'
import type { Runbook } from '../runbook/runbook.ts'
import { keepWatch, spanOf, type TriggerState, type Watching } from '../watch/watch.ts'
import { watchedOf } from '../watch/watched.ts'
import { comparing, prometheusOf } from './metrics.ts'
import type { Means } from './operate.ts'
import { NothingBehind, rehearse } from './rehearse.ts'

/** There is nothing to watch for. */
class NoTriggers extends Refusal {
  readonly code = 'RB-NO-TRIGGERS'
}

/** A trigger leaves it to a person whether to go back. */
class DecisionNeeded extends Refusal {
  readonly code = 'RB-DECISION-NEEDED'
}

/** No look brought anything, so that nobody knows how the application is. */
class NothingSeen extends Refusal {
  readonly code = 'RB-NOTHING-SEEN'
}

/** What a watch has beside its setting. */
export interface WatchMeans extends Pick<Means, 'variables' | 'learn' | 'mask'> {
  /** Begins the notes of the rollback that it comes to; whoever waits for the end of the run looks at these from then on. */
  reopen(setting: Setting): Chronicle
  readonly clock?: Pick<Clock, 'now' | 'sleep'>
}

/** Whether a watch may roll back, and so has to be allowed what a rollback is. */
export const mayRollBack = ({ triggers }: Pick<Runbook, 'triggers'>): boolean =>
  triggers.some(({ action }) => action === 'rollback')

/** After a deploy: looks at the triggers for a while, and does what the first one asks for that fires. Never throws. */
export async function watch(
  setting: Setting,
  chronicle: Chronicle,
  kindOf: KindOf,
  means: WatchMeans,
): Promise<RunReport> {
  const { runbook, environment, cancelled, log } = setting
  const { triggers, file } = runbook
  try {
    if (triggers.length === 0) throw noTriggers(file)
    const metrics = new Set(triggers.flatMap(({ when }) => ('metric' in when ? [when.metric] : [])))
    const prometheus = metrics.size > 0 ? prometheusOf(runbook, means) : undefined
    const watched = watchedOf(triggers, file, environment, prometheus)
    chronicle.phase('Look')
    const [rehearsed] = await Promise.all([
      mayRollBack(runbook) ? rehearse(setting, chronicle, kindOf) : undefined,
      ...[...metrics].map(metric => prometheus?.prove(metric, cancelled)),
    ])
    const decision = rehearsed?.decision
    const furtherBack = rehearsed?.furtherBack === true
    if (decision && furtherBack)
      chronicle.preflight(
        `${decision.from} is live because a rollback went there: further back is for a person to decide.`,
      )
    else if (decision) {
      chronicle.preflight(`A trigger that says \`rollback\` goes ${decision.from} → ${decision.to}.`)
    }
    const span = spanOf(runbook.watch, triggers)
    if (decision) chronicle.fromTo(decision.from, decision.from)
    chronicle.phase('Watch')
    log.line(plannedWatchWords({ ...span, triggers: triggers.length }))
    const kept = await keepWatch(watched, {
      span,
      signal: cancelled,
      clock: means.clock ?? realClock,
      changed: (before, now) => tellChange(before, now, chronicle),
    })
    const watching: Watching = kept.end === 'rollback' && furtherBack ? { ...kept, end: 'ask' } : kept
    const report = reportOf(watching, span)
    chronicle.found({ watch: report })
    for (const sentence of report.triggers.map(blindWords)) if (sentence !== '') chronicle.warning(sentence)
    switch (watching.end) {
      case 'cancelled':
        return chronicle.close('refused', cancelledWords())
      case 'ask':
        throw decisionNeeded(watching, setting, furtherBack ? decision?.from : undefined)
      case 'rollback':
        return await goBack(setting, chronicle, kindOf, means, report, watching, decision?.from)
      case 'over':
        if (report.triggers.every(({ state }) => state === 'unseen')) throw nothingSeen(report)
        return chronicle.close('watched')
    }
  } catch (error) {
    if (cancelled.aborted && !(error instanceof Refusal)) return chronicle.close('refused', cancelledWords())
    return chronicle.close('refused', failureOf(error, 'nothing'))
  }
}

/** The whole rollback in the same run, on a page of its own, which begins with what the watch saw. */
async function goBack(
  setting: Setting,
  chronicle: Chronicle,
  kindOf: KindOf,
  means: WatchMeans,
  watch: WatchReport,
  { by }: Watching,
  leaving: string | undefined,
): Promise<RunReport> {
  const { warnings } = chronicle.close('watched')
  const because = by ? becauseWords(triggerReport(by)) : ''
  const back: Setting = {
    ...setting,
    operation: 'rollback',
    reason: means.mask(setting.reason === '' ? because : `${setting.reason} (${because})`),
    ...(leaving !== undefined && { leaving }),
  }
  const notes = means.reopen(back)
  notes.found({ watch })
  const report = await comparing(back, means, notes, () => rollBack(back, notes, kindOf))
  const all = { ...report, warnings: [...warnings, ...report.warnings] }
  if (report.outcome !== 'unchanged') return all
  // A trigger has fired, and nothing was done about it: that is not green.
  const failure = failureOf(new NothingBehind(setting.target, report.to), 'nothing')
  return { ...all, outcome: 'refused', failure }
}

const MARKS = {
  fired: 'failed',
  holds: 'warned',
  clear: 'passed',
  blind: 'warned',
  unseen: 'warned',
} as const

function tellChange(before: TriggerState, now: TriggerState, chronicle: Chronicle): void {
  const trigger = triggerReport(now)
  // What fired before and is over now is news as well.
  const state =
    now.firedAt === before.firedAt && trigger.state === 'fired' ? SIGHTS[now.standing.sight] : trigger.state
  const warns = state === 'fired' && trigger.action === 'watch'
  const mark: StepMark = warns ? 'warned' : MARKS[state]
  const words = changeWords({ ...trigger, state }, before.standing.held)
  chronicle.mark('runner', mark, words)
  if (warns) chronicle.warning(`${words}. It goes on.`)
}

const SIGHTS = { holds: 'holds', clear: 'clear', unknown: 'blind' } as const

function reportOf({ end, states, seconds }: Watching, span: { for: number; every: number }): WatchReport {
  return {
    decision: end === 'rollback' || end === 'ask' ? end : 'none',
    for: rounded(span.for),
    seconds: rounded(seconds),
    every: rounded(span.every),
    triggers: states.map(triggerReport),
  }
}

function triggerReport({ watched, standing, said, firedAt }: TriggerState): TriggerReport {
  const { trigger, title } = watched
  const { sight, looks, blind, longest } = standing
  const unfired = looks === blind ? 'unseen' : SIGHTS[sight]
  return {
    when: title,
    for: trigger.for,
    action: trigger.action,
    state: firedAt === undefined ? unfired : 'fired',
    seen: said,
    held: rounded(longest),
    looks,
    blind,
  }
}

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000

const noTriggers = (file: string): NoTriggers =>
  new NoTriggers(`There are no triggers in ${file}, and so nothing to watch for. Nothing was changed.`, [
    'Add them at the top of a runbook: `triggers: [{ when: { http: /health, failing: true }, for: 5m, then: rollback }]`',
  ])

function decisionNeeded({ by }: Watching, { target }: Setting, further: string | undefined): DecisionNeeded {
  const fired = by && triggerReport(by)
  const said = fired ? becauseWords(fired) : 'a trigger fired'
  return new DecisionNeeded(
    `A person has to decide: ${said}. ${further === undefined ? '' : `${further} is live because a rollback went there, and a watch does not go further back by itself: perhaps it is not the release. `}Nothing was changed, and nobody watches any more.`,
    [
      `To go back: approve the job that waits for it, or run \`operation: rollback\` with \`target: ${further === undefined ? target : 'NAME'}\` and a reason.`,
      'To stay: do nothing, or run `operation: watch` again to go on watching.',
    ],
  )
}

const nothingSeen = ({ triggers, seconds }: WatchReport): NothingSeen =>
  new NothingSeen(
    `In ${Math.round(seconds)} s no look brought anything: nobody knows how the application is. Nothing was changed.`,
    ['See to it that what is watched can be reached from the runner, and watch again.'],
    {
      head: ['when', 'looks', 'the last one said'],
      rows: triggers.map(({ when, looks, seen }) => [when, String(looks), seen]),
    },
  )
