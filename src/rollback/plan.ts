import type { RunnerCheck } from '../check/runner-check.ts'
import type { Variables } from '../check/variables.ts'
import type { HostPlan, Step } from '../engine/plan.ts'
import { type Item, PHASES, type Phase } from '../kind/item.ts'
import type { Kind, Place } from '../kind/kind.ts'
import type { HostFacts } from '../release/facts.ts'
import type { Decision, HostDecision } from './decide.ts'
import { ledgerLines } from './ledger-lines.ts'
import { isFor } from './scope.ts'
import { seenBy } from './seen.ts'
import { goesOnAnyway, type Setting } from './setting.ts'

/** What a run will do: on each host, and from the runner. `plan` shows it; `run` does exactly this. */
export interface Plan {
  readonly hosts: readonly HostPlan[]
  readonly checks: readonly RunnerCheck[]
  /** For expected values of the checks. */
  readonly variables: Variables
}

/** Seconds that a step may take when neither the runbook nor its kind says. */
const STEP_SECONDS: Readonly<Record<Phase, number>> = {
  backup: 1800,
  stop: 60,
  switch: 60,
  start: 60,
  verify: 10,
  resume: 300,
  diagnose: 20,
}

/** Seconds without a word from the runner after which a host decides alone. Longer than a lost packet, shorter than a coffee. */
export const SILENCE = 30

/** Makes the plan of a run. Pure. */
export function makePlan(
  setting: Setting,
  decision: Decision,
  facts: readonly HostFacts[],
  kindOf: (name: string) => Kind | undefined,
): Plan {
  const variables = variablesOf(setting, decision)
  const numbered = numberItems(setting, kindOf)
  const hosts = facts.map(each =>
    planHost(setting, decision, each, numbered, variables, kindOf, facts.length),
  )
  const url = setting.environment.url
  const checks = setting.rollback.phases.verify.flatMap(item => {
    const kind = kindOf(item.kind)
    if (!kind?.fromRunner || lookedAtFrom(item, kind) !== 'runner') return []
    return [kind.fromRunner(item, { url, variables })]
  })
  return { hosts, checks, variables }
}

const variablesOf = (setting: Setting, { from, to }: Decision): Variables => ({
  from,
  to,
  app: setting.runbook.app,
  environment: setting.environment.name,
})

const lookedAtFrom = (item: Item, kind: Kind): string => kind.looksFrom?.(item) ?? 'host'

interface Numbered {
  readonly item: Item
  readonly phase: Phase
  readonly first: number
}

/** An item becomes as many steps on one host as on another, so that a number means the same on every host. */
const ANYWHERE: Place = {
  run: '',
  stateFolder: '',
  url: undefined,
  variables: { from: '', to: '', app: '', environment: '' },
  data: {},
}

function numberItems(setting: Setting, kindOf: (name: string) => Kind | undefined): Numbered[] {
  let first = 1
  return PHASES.flatMap(phase =>
    setting.rollback.phases[phase].flatMap(item => {
      const kind = kindOf(item.kind)
      if (!kind?.onHost || lookedAtFrom(item, kind) === 'runner') return []
      const numbered = { item, phase, first }
      first += stepsOf(item, phase, first, { ...ANYWHERE, url: setting.environment.url }, kindOf).length
      return [numbered]
    }),
  )
}

function planHost(
  setting: Setting,
  decision: Decision,
  facts: HostFacts,
  numbered: readonly Numbered[],
  variables: Variables,
  kindOf: (name: string) => Kind | undefined,
  hosts: number,
): HostPlan {
  const { environment, rollback } = setting
  const own = decision.hosts.get(facts.host)
  const [leading] = own?.choices.values() ?? []
  const ownFrom = leading?.from ?? decision.from
  const steps = numbered
    .filter(({ item, phase }) => concerns(setting, item, phase, facts.host, own, kindOf))
    .flatMap(({ item, phase, first }) => {
      const choice = own?.choices.get(item)
      const data = choice
        ? (kindOf(item.kind)?.component?.data(
            item,
            seenBy(setting, item, facts, kindOf),
            choice,
            goesOnAnyway(setting),
          ) ?? {})
        : {}
      const place: Place = {
        run: setting.run,
        stateFolder: facts.stateFolder,
        url: environment.url,
        variables,
        data,
      }
      return stepsOf(item, phase, first, place, kindOf)
    })
  return {
    host: facts.host,
    stateFolder: facts.stateFolder,
    run: setting.run,
    app: setting.runbook.app,
    environment: environment.name,
    rollback: rollback.name,
    from: ownFrom,
    to: decision.to,
    reason: setting.reason,
    url: environment.url ?? '',
    hosts,
    onLostContact: rollback.onLostContact ?? environment.onLostContact ?? 'decide',
    silence: SILENCE,
    ledger: ledgerLines(setting, decision, own, kindOf),
    steps,
  }
}

function concerns(
  setting: Setting,
  item: Item,
  phase: Phase,
  host: string,
  own: HostDecision | undefined,
  kindOf: (name: string) => Kind | undefined,
): boolean {
  // What was to be kept of a host that is named is needed for the switch of the others, too.
  const stillDone = phase === 'verify' || phase === 'diagnose' || (phase === 'backup' && item.on === host)
  if (own?.alreadyThere && !stillDone) return false
  // Of several components, one may be where it is to go.
  if (phase === 'switch' && own?.choices.get(item)?.alreadyThere) return false
  const kind = kindOf(item.kind)
  const from = kind ? lookedAtFrom(item, kind) : 'host'
  return from === 'host' ? isFor(setting, item, host) : from === host
}

function stepsOf(
  item: Item,
  phase: Phase,
  first: number,
  place: Place,
  kindOf: (name: string) => Kind | undefined,
): Step[] {
  const kind = kindOf(item.kind)
  if (!kind?.onHost) return []
  let number = first
  return kind.onHost.steps(item, place).flatMap(({ data, title, inner }) => {
    const own = number
    number += 1
    const alternatives = (inner ?? []).flatMap(each => {
      const made = stepsOf(each, phase, number, place, kindOf).map(step => ({ ...step, inner: true }))
      number += made.length
      return made
    })
    const all = inner ? { ...data, of: alternatives.map(step => step.number).join(' ') } : data
    return [{ ...stepOf(item, phase, own, kind, title), data: all }, ...alternatives]
  })
}

function stepOf(
  item: Item,
  phase: Phase,
  number: number,
  kind: Kind,
  title: string | undefined,
): Omit<Step, 'data'> {
  return {
    number,
    kind: item.kind,
    phase,
    title: item.as ?? title ?? kind.title(item),
    in: item.in,
    timeout: item.timeout ?? kind.onHost?.timeout?.(item) ?? STEP_SECONDS[phase],
    severity: item.severity,
    secrets: item.env,
    inner: false,
    position: item.position,
  }
}
