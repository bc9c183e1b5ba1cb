import type { Phase } from './item.ts'

/**
 * Kinds that the format knows and this version can't run yet, with the phases in which they may stand. A kind that this
 * version has may be here as well, with the phases in which it hasn't.
 */
export const LATER: Readonly<Record<string, readonly Phase[]>> = {
  database: ['stop', 'start'],
  prisma: ['switch', 'verify'],
  kubernetes: ['stop', 'switch', 'start'],
  swarm: ['switch'],
  terraform: ['switch'],
  ansible: ['switch'],
  pm2: ['stop', 'start', 'verify'],
  maintenance: ['stop', 'start'],
}

/** Phases in which a kind may stand, and this version can't run it. */
export const laterPhases = (kind: string): readonly Phase[] =>
  (Object.hasOwn(LATER, kind) ? LATER[kind] : undefined) ?? []
