/** The kind of a backup as the runbook has it: a database is a `database`, whichever program dumped it. */
export const shownKind = (kind: string): string => (kind === 'postgres' ? 'database' : kind)
