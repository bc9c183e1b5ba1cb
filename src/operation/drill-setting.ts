import { formatAddress } from '../host/address.ts'
import type { Host } from '../host/host.ts'
import { type Item, isItem, withHeld } from '../kind/item.ts'
import { Refusal } from '../refusal.ts'
import type { Request } from '../request/request.ts'
import { phrasesOf, type Setting } from '../rollback/setting.ts'
import { choose, chooseEnvironment, NotInRunbook } from '../runbook/choose.ts'
import { phases } from '../runbook/draft.ts'
import type { Scenario } from '../runbook/drills.ts'
import { hint } from '../runbook/nearest.ts'
import type { Environment, Rollback, Runbook } from '../runbook/runbook.ts'
import { type Secrets, secretsOf } from '../runbook/secrets.ts'
import { ConfirmationMissing } from './missing.ts'

/** Drills break things: nobody has said that they may be broken here. */
class DrillsNotAllowed extends Refusal {
  readonly code = 'RB-DRILLS-NOT-ALLOWED'
}

/** A scenario that nothing looks at. */
class DrillProvesNothing extends Refusal {
  readonly code = 'RB-DRILL-PROVES-NOTHING'
}

type Variables = Readonly<Record<string, string | undefined>>

/** One scenario with all that it runs, checked before any connection is made. */
export interface Scene {
  /** 1-based. */
  readonly number: number
  readonly scenario: Scenario
  readonly rollback: Rollback
  /** Only looks: the checks of the rollback. */
  readonly healthy: Rollback
  /** Looks once for the fault that nobody has made yet; undefined when nothing would see it. */
  readonly unbroken: Rollback | undefined
  /** Makes the fault, and looks whether it is seen. */
  readonly breaking: Rollback | undefined
}

/** A drill of the runbook, and where it runs. */
export interface Drilling {
  readonly name: string
  readonly environment: Environment
  readonly scenes: readonly [Scene, ...Scene[]]
}

/**
 * The drill that was asked for; the only one when none was.
 *
 * @throws Refusal; nothing was changed, and no host was called.
 */
export function chooseDrill(runbook: Runbook, request: Pick<Request, 'environment' | 'drill'>): Drilling {
  const environment = chooseEnvironment(runbook, request.environment)
  refuseForbidden(environment, runbook)
  refuseShared(environment, runbook)
  const [name, scenarios] = drillOf(runbook, request.drill)
  const [first, ...others] = scenarios.map((scenario, at) => sceneOf(scenario, at + 1, environment, runbook))
  if (first === undefined) throw new Error(`the drill ${name} has no scenario`)
  refuseUnseen(name, [first, ...others], runbook)
  return { name, environment, scenes: [first, ...others] }
}

function refuseForbidden({ name, drills, confirm }: Environment, { file, environments }: Runbook): void {
  if (drills && confirm === undefined) return
  const others = Object.values(environments)
    .filter(each => each.drills && each.confirm === undefined)
    .map(each => each.name)
  const why = drills
    ? `has both drills: true and a phrase to confirm, and what has to be confirmed is nothing to practise on`
    : 'does not say drills: true'
  throw new DrillsNotAllowed(
    `A drill breaks things on purpose, and the environment ${name} of ${file} ${why}. No host was contacted, nothing was changed.`,
    others.length > 0
      ? [`Run it where it may: ${others.map(each => `\`environment: ${each}\``).join(' or ')}`]
      : ['Give an environment that is for trying things out `drills: true`, and no `confirm`.'],
  )
}

/** A host that serves another environment as well would be broken for that one, too: what runs on it is the same. */
function refuseShared({ name, hosts }: Environment, { file, environments }: Runbook): void {
  for (const other of Object.values(environments)) {
    if (other.name === name || (other.drills && other.confirm === undefined)) continue
    const shared = hosts.find(host => other.hosts.some(each => machineOf(each) === machineOf(host)))
    if (shared)
      throw new DrillsNotAllowed(
        `A drill breaks things on purpose, and ${shared.name} of the environment ${name} is also a host of ${other.name} in ${file}, where drills may not run. No host was contacted, nothing was changed.`,
        [`Run drills on hosts that ${other.name} does not have.`],
      )
  }
}

const machineOf = ({ address }: Host): string =>
  address.kind === 'local'
    ? 'local'
    : formatAddress({ ...address, user: '-', host: address.host.toLowerCase() })

/** Without a check that can fail nobody sees whether anything works, before or after: such a drill would be green over ruins. */
function refuseUnseen(drill: string, scenes: readonly Scene[], { file }: Runbook): void {
  const blind = scenes.find(({ rollback }) =>
    rollback.phases.verify.every(({ severity }) => severity !== 'fail'),
  )
  if (blind)
    throw new DrillProvesNothing(
      `Scenario ${blind.number} of the drill ${drill} in ${file} is the rollback ${blind.rollback.name}, which has no check in \`verify\` that can fail it: nobody would see whether anything works. No host was contacted, nothing was changed.`,
      [`Give ${blind.rollback.name} a check: \`verify: [{ http: /healthz }]\``],
    )
}

function drillOf({ drills, file }: Runbook, wanted: string | undefined): [string, readonly Scenario[]] {
  const names = Object.keys(drills)
  const [only, second] = names
  const nothing = 'Nothing was changed.'
  if (only === undefined)
    throw new NotInRunbook(`drill: ${file} has no drills. ${nothing}`, [
      'Add one: `drills: { monthly: [{ rollback: … }] }`.',
    ])
  if (wanted === undefined && second !== undefined)
    throw new NotInRunbook(`drill: ${file} has ${names.join(' and ')}. ${nothing}`, [
      `Say which one is meant: drill: ${only}`,
    ])
  const name = wanted ?? only
  const scenarios = Object.hasOwn(drills, name) ? drills[name] : undefined
  if (scenarios !== undefined) return [name, scenarios]
  throw new NotInRunbook(
    `drill: ${file} has no drill ${JSON.stringify(name)}.${hint(name, names)} ${nothing}`,
    [`Give one that is there: ${names.join(', ')}`],
  )
}

function sceneOf(scenario: Scenario, number: number, environment: Environment, runbook: Runbook): Scene {
  const { rollback: name, breaks, broken, later } = scenario
  const wanted = { environment: environment.name, rollback: name }
  const { rollback, onLostContact } = choose(runbook, wanted)
  const part = (of: Partial<Rollback['phases']>): Rollback => {
    const made: Rollback = {
      ...rollback,
      rto: undefined,
      hold: 'none',
      onLostContact: 'keep',
      migrations: [],
      later,
      phases: phases(phase => of[phase] ?? []),
    }
    // What it is made of has to fit the environment as well.
    choose({ ...runbook, rollbacks: { [name]: made } }, wanted)
    return made
  }
  return {
    number,
    scenario,
    // Nothing is held afterwards: a drill says nothing against what it left.
    rollback: { ...rollback, hold: 'none', onLostContact },
    healthy: part({ verify: rollback.phases.verify }),
    unbroken: broken.length === 0 ? undefined : part({ verify: broken.map(once) }),
    breaking: breaks && part({ switch: [breaks], verify: broken }),
  }
}

/** The same look without patience. */
const once = (item: Item): Item => ({
  ...item,
  value: Array.isArray(item.value) ? item.value.map(each => (isItem(each) ? once(each) : each)) : item.value,
  options: { ...item.options, attempts: 1, consecutive: 1 },
})

/** What a drill as a whole is about. @throws SecretNotSet */
export function drillScope(drilling: Drilling, variables: Variables) {
  const { name, environment, scenes } = drilling
  const rollback: Rollback = {
    ...scenes[0].rollback,
    name,
    title: undefined,
    rto: undefined,
    confirm: undefined,
    dataLoss: false,
    migrations: [],
    phases: phases(() => []),
  }
  return { environment, rollback, secrets: secretsIn(drilling, variables) }
}

/** Secrets of everything that a drill runs. */
function secretsIn({ scenes }: Drilling, variables: Variables): Secrets {
  const [{ rollback }] = scenes
  const all = scenes.flatMap(scene => [scene.rollback, scene.breaking ?? scene.healthy])
  const items = all.flatMap(each => Object.values(each.phases).flat()).flatMap(withHeld)
  return secretsOf({ ...rollback, phases: phases(phase => (phase === 'verify' ? items : [])) }, variables, [
    'verify',
  ])
}

/** The phrases that rollbacks of a drill ask for by themselves. @throws ConfirmationMissing */
export function refuseUnconfirmedDrill({ scenes }: Drilling, setting: Pick<Setting, 'confirm'>): void {
  const given = phrasesOf(setting)
  const missing = scenes.flatMap(({ rollback: { confirm } }) =>
    confirm === undefined || given.includes(confirm) ? [] : [confirm],
  )
  if (missing.length > 0) throw new ConfirmationMissing([...new Set(missing)], false)
}
