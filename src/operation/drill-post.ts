import type { Remembered } from '../drill/identity.ts'
import { drillLine } from '../drill/past.ts'
import { kindOf } from '../kind/table.ts'
import type { DrillMark } from '../release/drill-mark.ts'
import type { HostFacts } from '../release/facts.ts'
import type { CutOffDrill } from '../report/drill-aftermath.ts'
import { lookAtHosts } from '../rollback/look.ts'
import type { Setting } from '../rollback/setting.ts'
import { type Back, bringBack } from './drill-back.ts'
import { openMarks } from './drill-marks.ts'
import type { Drilling, Scene } from './drill-setting.ts'
import { backFailed } from './drill-words.ts'

/**
 * Brings back what a drill has left behind that was cut off, by what its marks on the hosts say, as the drill itself would
 * have done.
 *
 * @throws Refusal when the hosts can't be looked at
 */
export async function finishDrill(setting: Setting, drilling: Drilling): Promise<CutOffDrill> {
  const { run } = setting
  const told = {
    app: setting.runbook.app,
    environment: setting.environment.name,
    run,
    drill: drilling.name,
    by: [],
  }
  const [first] = drilling.scenes
  const looked = await lookAtHosts(
    { ...setting, rollback: first.healthy, target: first.scenario.target },
    kindOf,
  )
  for (const { session } of looked) session.close()
  const marked = looked.map(({ facts }) => facts).filter(({ drill }) => drill?.run === run)
  const mark = lastOf(marked)
  if (mark === undefined) return { ...told, back: true }
  const at = { scenario: mark.scenario, rollback: mark.rollback, stage: mark.stage }
  const scene = drilling.scenes.find(({ number }) => number === mark.scenario)
  const marks = await openMarks(setting)
  try {
    const back = scene && (await backBy(setting, scene, mark, marked))
    const failure =
      scene && back && !back.back
        ? backFailed(scene, back, { rolling: mark.rolling, name: mark.name, drill: run, problem: undefined })
        : undefined
    const all = back?.back === true
    await marks.keep(
      drillLine({ name: drilling.name, scenarios: [], past: [] }, run, all ? 'restored' : 'needs-operator'),
    )
    if (all) await marks.end()
    return { ...told, at, back: all, by: back?.by ?? [], ...(failure && { failure }) }
  } finally {
    marks.close()
  }
}

/** The mark of the last scenario that any host was told of, and of those the one that was told most. */
function lastOf(marked: readonly HostFacts[]): DrillMark | undefined {
  const marks = marked.flatMap(({ drill }) => drill?.mark ?? [])
  const last = Math.max(...marks.map(({ scenario }) => scenario))
  const of = marks.filter(({ scenario }) => scenario === last)
  return of.find(({ rolling }) => rolling !== undefined) ?? of.find(({ broke }) => broke) ?? of[0]
}

async function backBy(
  setting: Setting,
  scene: Scene,
  { scenario, broke, rolling, name }: DrillMark,
  marked: readonly HostFacts[],
): Promise<Back> {
  // Nothing had been begun: what it was like has not even been written down.
  if (!broke && rolling === undefined)
    return { back: true, by: [], differences: [], seconds: { restore: 0, verify: 0 } }
  const before = marked.flatMap(({ host, drill }): Remembered[] =>
    drill?.mark && drill.mark.scenario === scenario && drill.mark.sum !== ''
      ? [{ host, values: drill.mark.before, sum: drill.mark.sum }]
      : [],
  )
  const left = { before, name, broke, visible: false, rolling, tried: false }
  return await bringBack(setting, scene, left, kindOf, () => {})
}
