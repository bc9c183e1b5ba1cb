import { grouped } from '../../grouped.ts'
import type { CheckReport, HostReport, RunReport } from '../../outcome.ts'
import { clock, count, named } from '../amounts.ts'
import { code, details, list, prose, table, text } from '../markdown.ts'

/** Up to this many hosts are shown openly; more are folded behind those that differ. */
const OPEN = 8
const MOST = 500

const STATES: Readonly<Record<HostReport['state'], string>> = {
  untouched: 'not touched',
  'already-there': 'was there already',
  switched: '✅ switched',
  restored: '↩ back, verified',
  unconfirmed: '⚠️ kept, not confirmed',
  'needs-operator': '❌ needs you',
  unknown: '❓ not known',
  'left-out': '🔴 left out',
}

/** What was live and what is live on each host, the ones that differ first. */
export function hostTable(report: RunReport): string {
  const { hosts, outcome, status } = report
  if (status !== undefined) return ''
  // That nothing was touched is said in the first line; fifty rows of it say no more.
  if (outcome !== 'reported' && hosts.every(host => host.state === 'untouched')) return ''
  if (hosts.length <= OPEN)
    return [rowsOf(differingFirst(hosts), report), notes(hosts)].filter(part => part !== '').join('\n\n')
  const usual = commonest(hosts)
  const differing = hosts.filter(host => kindOf(host) !== usual)
  const alike = hosts.filter(host => kindOf(host) === usual)
  const shown = [...differing].sort(bySeverity).slice(0, MOST)
  const first = alike[0]
  const title =
    first === undefined
      ? ''
      : `${count(alike.length, 'host')}, all alike: ${sentence(first)}${between(alike)}`
  return [
    shown.length > 0 ? rowsOf(shown, report) : '',
    notes(hosts),
    differing.length > MOST
      ? `… and ${count(differing.length - MOST, 'more host')} that differ, in the record.`
      : '',
    details(title, rowsOf(alike.slice(0, MOST), report) + more(alike.length)),
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

/** What single hosts have to say, under the table: a sentence in a column makes all the others too narrow to read. */
function notes(hosts: readonly HostReport[]): string {
  const said = hosts.filter(host => host.message !== undefined && host.message !== '')
  const groups = [...grouped(said, host => host.message ?? '')].slice(0, 20)
  return list(groups.map(([message, of]) => `**${text(named(of))}**: ${prose(message, 600)}`))
}

const more = (all: number): string =>
  all > MOST ? `\n\n… and ${count(all - MOST, 'more host')}, in the record.` : ''

interface Column {
  readonly head: string
  cell(host: HostReport): string
}

/** Back is one thing; whether what serves there is well is another. */
const stateOf = ({ state }: HostReport, outcome: RunReport['outcome']): string =>
  state === 'restored' && outcome !== 'restored' ? '↩ back' : STATES[state]

function rowsOf(hosts: readonly HostReport[], { checks, outcome, drill }: RunReport): string {
  const columns: Column[] = [
    { head: 'host', cell: host => text(host.name) },
    { head: 'was live', cell: host => release(host.from, host.fromCommit) },
    { head: 'is live', cell: host => isLive(host) },
    { head: 'state', cell: host => stateOf(host, outcome) },
    { head: 'switched (UTC)', cell: host => clock(host.switchedAt) },
    { head: 'checks', cell: host => checksOf(host, checks) },
  ]
  // A drill goes from and to many, and tells each with its scenario.
  const always = columns.slice(0, 4).filter(({ head }) => drill === undefined || !head.endsWith('live'))
  const used = columns.filter(
    column =>
      always.includes(column) ||
      (columns.indexOf(column) >= 4 && hosts.some(host => column.cell(host) !== '')),
  )
  return table(
    used.map(column => column.head),
    hosts.map(host => used.map(column => column.cell(host))),
  )
}

function release(name: string, commit: string | undefined): string {
  const short = commit === undefined || commit === '' ? '' : code(commit.slice(0, 7))
  return [text(name), name === commit ? '' : short].filter(part => part !== '').join(' ')
}

function isLive(host: HostReport): string {
  if (host.live === '') return 'not seen'
  return `**${text(host.live)}**${release('', host.liveCommit) && ` ${release('', host.liveCommit)}`}`
}

function checksOf(host: HostReport, checks: readonly CheckReport[]): string {
  const made = checks.filter(check => check.from === host.name && check.status !== 'not-run')
  return made.length === 0 ? '' : `${made.filter(check => check.status === 'passed').length}/${made.length}`
}

/** Two hosts of one kind have the same story. */
const kindOf = (host: HostReport): string =>
  JSON.stringify([host.state, host.from, host.live, host.message ?? ''])

function commonest(hosts: readonly HostReport[]): string {
  const counts = new Map<string, number>()
  for (const host of hosts) counts.set(kindOf(host), (counts.get(kindOf(host)) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? ''
}

const SEVERITY: readonly HostReport['state'][] = ['left-out', 'needs-operator', 'unknown', 'unconfirmed']
const rank = (host: HostReport): number => {
  const at = SEVERITY.indexOf(host.state)
  return at === -1 ? SEVERITY.length : at
}
const bySeverity = (a: HostReport, b: HostReport): number => rank(a) - rank(b)

const differingFirst = (hosts: readonly HostReport[]): HostReport[] => [...hosts].sort(bySeverity)

function sentence(host: HostReport): string {
  const state = STATES[host.state]
  if (host.live === '' || host.from === host.live) return `${host.live || host.from || 'not seen'}, ${state}`
  return `${host.from || '?'} → ${host.live}, ${state}`
}

function between(hosts: readonly HostReport[]): string {
  const times = hosts.map(host => clock(host.switchedAt)).filter(time => time !== '')
  const sorted = times.sort()
  const first = sorted[0]
  const last = sorted.at(-1)
  if (first === undefined || last === undefined) return ''
  return first === last ? ` at ${first} UTC` : ` between ${first} and ${last} UTC`
}
