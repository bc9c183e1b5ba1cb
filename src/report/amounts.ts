import { startOfRun } from '../release/run-id.ts'

/** `12,345`; without Intl, whose start costs more than everything else on the page. */
export const grouped = (number: number): string => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** `1 host`, `50 hosts`, `no hosts`. */
export const count = (number: number, noun: string): string =>
  `${number === 0 ? 'no' : grouped(number)} ${noun}${number === 1 ? '' : 's'}`

/** Seconds as people say them: `340 ms`, `8.4 s`, `2 min 5 s`, `1 h 3 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–'
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 59.95) return `${Number(seconds.toFixed(1))} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return joined(Math.floor(whole / 60), 'min', whole % 60, 's')
  const minutes = Math.round(whole / 60)
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

/** Decimal units, as `df -H` and object stores count: `41.2 MB`. */
export function bytes(number: number): string {
  if (number < 1000) return `${number} B`
  const units = ['kB', 'MB', 'GB', 'TB', 'PB']
  let amount = number
  let unit = 'B'
  for (const larger of units) {
    if (amount < 999.95) break
    amount /= 1000
    unit = larger
  }
  return `${amount.toFixed(1)} ${unit}`
}

/** Room on a disk in binary units, as `df -h` shows it: `75.8 GiB`. */
export function space(number: number): string {
  const gibibytes = number / 1024 ** 3
  return gibibytes >= 1 ? `${gibibytes.toFixed(1)} GiB` : `${Math.floor(number / 1024 ** 2)} MiB`
}

/** `2026-11-20 14:11 UTC` of an ISO time in UTC; empty for anything else. */
export const minute = (iso: string | undefined): string =>
  iso?.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):.*Z$|^.*$/s, (_, day?: string, time?: string) =>
    day === undefined ? '' : `${day} ${time} UTC`,
  ) ?? ''

/** When a run began, by its id: `20261120T141055Z-8d1f` is `2026-11-20 14:10 UTC`; empty for any other id. */
export const begun = (run: string): string => minute(startOfRun(run))

/** `14:11:03.412` of an ISO time in UTC; empty for anything else. */
export const clock = (iso: string | undefined): string =>
  iso?.match(/^\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*Z$/)?.[1] ?? ''

/** `web-1`, `web-1 and web-2`, `web-1, web-2 and web-3`; more than three are counted. */
export function named(hosts: readonly { readonly name: string }[]): string {
  const names = hosts.map(host => host.name)
  if (names.length > 3) return count(names.length, 'host')
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

const joined = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
