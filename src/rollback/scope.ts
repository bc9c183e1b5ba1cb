import type { Host } from '../host/host.ts'
import type { Item, Phase } from '../kind/item.ts'
import type { Setting } from './setting.ts'

type Scope = Pick<Setting, 'environment' | 'rollback'>

/** Items of a phase that are for this host: named by `on`, or without `on` and the host isn't the runner itself. */
export const itemsFor = (setting: Scope, phase: Phase, host: string): readonly Item[] =>
  setting.rollback.phases[phase].filter(item => isFor(setting, item, host))

export function isFor(setting: Scope, item: Item, name: string): boolean {
  if (item.on !== undefined) return item.on === name
  const { hosts } = setting.environment
  const host = hosts.find(each => each.name === name)
  return host !== undefined && (!isRunner(host) || hosts.every(isRunner))
}

const isRunner = (host: Host): boolean => host.address.kind === 'local'
