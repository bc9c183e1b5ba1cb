import { OUT_OF_REACH } from '../drill/ending.ts'
import type { FailureReport, RunReport } from '../outcome.ts'
import { withoutReassurance } from '../refusal.ts'
import type { Back } from './drill-back.ts'
import type { Scene } from './drill-setting.ts'

/** What a run of a drill said of itself. `Nothing was changed` is about that run alone. */
const said = ({ failure, checks }: RunReport): string => {
  const seen = checks
    .filter(({ status }) => status === 'failed')
    .map(({ title, detail }) => `${title}: ${detail.replace(/ \((failed )?before the switch.*\)$/, '')}`)
  if (seen.length > 0) return `${seen.slice(0, 3).join('; ')}.`
  return withoutReassurance(failure?.message ?? 'it did not say why.')
}

const wasCancelled = ({ failure }: RunReport): boolean => failure?.code === 'RB-CANCELLED'

const cancelled = (when: string): FailureReport => ({
  code: 'RB-CANCELLED',
  message: `The drill was cancelled ${when}.`,
  remedy: [],
})

/** It did not serve before anything was broken. */
export function notHealthy(run: RunReport): FailureReport {
  if (wasCancelled(run)) return cancelled('before anything was broken')
  return {
    code: 'RB-DRILL-UNHEALTHY',
    message: `The checks of the rollback do not pass before anything was broken, so that they could prove nothing afterwards: ${said(run)} Nothing was broken.`,
    remedy: ['Mend the environment first, then run the drill again.', ...(run.failure?.remedy ?? [])],
    ...(run.failure?.table && { table: run.failure.table }),
  }
}

/** It ran to its end, and its checks saw none of what they look for. */
export const sawNothing = ({ failure }: RunReport): boolean => failure?.code === 'RB-CHECKS-FAILED'

/** The fault was seen before it was made, so that to see it afterwards would prove nothing. */
export function seenBefore(run: RunReport): FailureReport {
  if (wasCancelled(run)) return cancelled('before anything was broken')
  const { failure } = run
  return {
    code: 'RB-DRILL-UNHEALTHY',
    message: failure
      ? `Whether \`broken\` sees a fault already could not be found out: ${said(run)} Nothing was broken.`
      : '`broken` sees its fault before anything was broken, so that it could prove nothing afterwards. Nothing was broken.',
    remedy: failure?.remedy ?? ['Let `broken` look at something that works until `break` has run.'],
  }
}

/** The fault could not be made, or was not seen. */
export function notBroken(run: RunReport): FailureReport {
  if (wasCancelled(run)) return cancelled('while something was broken')
  const ran = sawNothing(run)
  return {
    code: ran ? 'RB-DRILL-NOT-BROKEN' : 'RB-DRILL-BREAK-FAILED',
    message: ran
      ? `\`break\` ran to its end, and \`broken\` does not see the fault: ${said(run)} There was nothing for a rollback to repair.`
      : `\`break\` itself did not work: ${said(run)}`,
    remedy: [
      ran
        ? 'Let `break` break what `broken` looks at, or let `broken` look at what it breaks, and give it time with `attempts`.'
        : 'Run the script by hand in that environment, and see what it says.',
    ],
    ...(run.failure?.table && { table: run.failure.table }),
  }
}

/** The rollback that was to be practised did not work. */
export function notRolledBack(run: RunReport): FailureReport {
  if (wasCancelled(run)) return cancelled('during the rollback')
  const { failure, outcome } = run
  const refused = outcome === 'refused'
  return {
    code: refused ? 'RB-DRILL-REFUSED' : 'RB-DRILL-ROLLBACK-FAILED',
    message: `The rollback ${refused ? 'was refused' : `ended as ${outcome}`}: ${said(run)}`,
    remedy: failure?.remedy ?? [],
    ...(failure?.table && { table: failure.table }),
  }
}

interface Known {
  readonly rolling: string | undefined
  readonly name: string
  readonly drill: string
  readonly problem: FailureReport | undefined
}

/** It is not as it was, and nothing that is known brings it back: what a person does now. */
export function backFailed(scene: Scene, back: Back, known: Known): FailureReport {
  const { rollback, scenario } = scene
  const { rolling, name, drill, problem } = known
  const first = problem ? `${problem.message} ` : ''
  const { differences } = back
  const free = `When all is as it was: \`operation: unlock\` with \`run-id: ${drill}\`. Until then a drill and \`guard\` refuse.`
  const breaks = scenario.breaks
  const byHand =
    breaks === undefined
      ? []
      : [
          `Take back by hand what \`break\` did (${breaks.position.file}, line ${breaks.position.line}): \`${String(breaks.value).trim().split('\n').slice(0, 5).join('; ')}\``,
        ]
  if (back.problem?.code === OUT_OF_REACH)
    return {
      ...back.problem,
      message: `${first}${back.problem.message}`,
      remedy: [
        'Look at the host on its console: `break` may have broken more than it was meant to.',
        ...byHand,
        free,
      ],
    }
  const why = back.problem ? ` ${back.problem.message}` : ''
  const what =
    differences.length > 0
      ? 'is not as it was before the drill'
      : back.serves === false
        ? 'does not pass its checks any more'
        : 'may still have what scripts of the rollback have switched, which nobody can look at'
  return {
    code: 'RB-DRILL-NOT-BACK',
    message: `${first}The environment ${what}, and what is known to the drill did not bring it back.${why}`,
    remedy: [
      ...(name === ''
        ? []
        : [
            `To what was live before: \`operation: rollback\`, \`rollback: ${rollback.name}\`, \`target: ${name}\`.`,
          ]),
      ...(rolling !== undefined && !back.by.includes('undo') && breaks === undefined
        ? [`Or take the rollback back: \`operation: undo\` with \`run-id: ${rolling}\`.`]
        : []),
      ...byHand,
      free,
    ],
    ...(differences.length > 0 && {
      table: {
        head: ['host', 'what', 'before the drill', 'now'],
        rows: differences.map(({ host, what: of, before, now }) => [host, of, before, now]),
      },
    }),
  }
}
