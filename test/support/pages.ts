import type { RunReport, StatusReport } from '../../src/outcome.ts'

/** `report` with `evil` in every field that a host or a person fills. */
export function poisoned(story: RunReport, evil: string): RunReport {
  return {
    ...story,
    app: evil || 'x',
    reason: evil,
    actor: evil,
    target: evil,
    from: evil,
    to: evil,
    hosts: story.hosts.map(each => ({
      ...each,
      name: `n${evil}`,
      from: evil,
      live: `l${evil}`,
      liveCommit: 'c0ffee0',
      message: `m${evil}`,
      why: evil,
      passedOver: [{ name: evil, why: evil }],
    })),
    phases: story.phases.map(each => ({ ...each, name: evil })),
    steps: story.steps.map(each => ({ ...each, title: evil, status: 'failed', output: [evil, 'more'] })),
    checks: story.checks.map(each => ({ ...each, title: evil, detail: evil })),
    backups: story.backups.map(each => ({ ...each, path: evil, kind: evil })),
    preflight: story.preflight.map(() => evil),
    checklist: [
      { what: 'changes', said: evil, items: [evil, `i${evil}`] },
      { what: 'reason', said: evil },
      { what: 'reason', said: `r${evil}` },
    ],
    serving: [
      {
        host: evil,
        live: `/srv/releases/${evil}`,
        current: 1,
        old: [{ pid: 1, user: evil, command: evil, what: 'cwd', path: `/srv/releases/${evil}` }],
        hidden: [{ user: evil, command: evil, count: 1 }],
        onlyOwn: true,
      },
    ],
    warnings: [`w${evil}`],
    diagnosis: [{ host: evil, title: evil, lines: [evil, 'more'] }],
    undo: story.undo.map(each => ({ ...each, command: `c${evil}` })),
    ...(story.planned && {
      planned: story.planned.map(each => ({
        ...each,
        title: evil,
        undo: evil,
        data: { script: evil, link: `x${evil}` },
      })),
    }),
    ...(story.plannedChecks && { plannedChecks: [evil] }),
    ...(story.scripts && { scripts: [{ kind: 'run', text: `x\n${evil}\n` }] }),
    ...(story.planFile && { planFile: `p${evil}` }),
    ...(story.recorded && { recorded: { ...story.recorded, release: evil } }),
    ...(story.deploying && { deploying: evil }),
    alternatives: [evil, evil],
    ...(story.status && { status: story.status.map(each => poisonedStatus(each, evil)) }),
    ...(story.failure === undefined
      ? {}
      : {
          failure: {
            ...story.failure,
            message: evil,
            remedy: [evil, evil],
            ...(story.failure.table === undefined
              ? {}
              : { table: { head: ['a', 'b'], rows: [[evil, evil]] } }),
          },
        }),
  }
}

function poisonedStatus(each: StatusReport, evil: string): StatusReport {
  return {
    ...each,
    host: `n${evil}`,
    stateFolder: `s${evil}`,
    ...(each.lock && { lock: { ...each.lock, run: `r${evil}` } }),
    holds: each.holds.map(hold => ({ ...hold, release: `h${evil}`, reason: evil, run: evil })),
    runs: each.runs.map(run => ({ ...run, run: `r${evil}`, from: evil, to: evil, ended: evil })),
    links: each.links.map(link => ({
      ...link,
      path: `p${evil}`,
      live: evil,
      ...(link.problem && { problem: evil }),
      releases: link.releases.map(release => ({ ...release, name: `r${evil}`, why: evil })),
    })),
  }
}

/** The fence that is still open at the end of a page, as CommonMark reads it. */
export function openFence(page: string): string {
  let open = ''
  for (const line of page.split('\n')) {
    const ticks = line.match(/^ {0,3}(`{3,})([^`]*)$/)
    if (ticks === null) continue
    if (open === '') open = ticks[1] ?? ''
    else if ((ticks[1] ?? '').length >= open.length && ticks[2]?.trim() === '') open = ''
  }
  return open
}

function partition(page: string): { inside: string[]; outside: string[] } {
  const inside: string[] = []
  const outside: string[] = []
  let open = ''
  for (const line of page.split('\n')) {
    const ticks = line.match(/^ {0,3}(`{3,})([^`]*)$/)?.[1]
    if (open === '' && ticks !== undefined) open = ticks
    else if (open !== '' && ticks !== undefined && ticks.length >= open.length) open = ''
    else (open === '' ? outside : inside).push(line)
  }
  return { inside, outside }
}

export const withinFences = (page: string): string[] => partition(page).inside
export const withoutCode = (page: string): string =>
  partition(page)
    .outside.join('\n')
    .replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '')
/** Columns of each row, in order. */
export const tablesOf = (page: string): number[] =>
  page
    .split('\n')
    .filter(line => line.startsWith('|'))
    .map(line => line.split('|').length)
