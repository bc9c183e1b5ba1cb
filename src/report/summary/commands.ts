import type { RunReport } from '../../outcome.ts'
import { count } from '../amounts.ts'
import { fence } from '../markdown.ts'

/** Commands to copy, those that are the same on several hosts once. */
export function commands(all: RunReport['undo']): string {
  const hostsOf = new Map<string, string[]>()
  for (const { host, command } of all) hostsOf.set(command, [...(hostsOf.get(command) ?? []), host])
  const shown = [...hostsOf].slice(0, 50).flatMap(([command, hosts]) => [`# on ${who(hosts)}`, command])
  const rest = hostsOf.size - 50
  return fence(rest > 0 ? [...shown, `# and ${count(rest, 'more command')}, in the record`] : shown, 'sh')
}

const who = (hosts: readonly string[]): string =>
  hosts.length <= 6 ? hosts.join(', ') : `each of ${hosts.length} hosts: ${hosts.slice(0, 3).join(', ')}, …`
