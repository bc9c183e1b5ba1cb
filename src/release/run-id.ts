/** When a run began, which its id begins with: ISO 8601 in UTC; undefined when it is no id of a run. */
export function startOfRun(run: string): string | undefined {
  const begun = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(run)
  if (!begun) return undefined
  const [, year, month, day, hour, minute, second] = begun
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  return Number.isNaN(Date.parse(iso)) ? undefined : iso
}
