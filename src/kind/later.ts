import type { Phase } from './item.ts'

/** Kinds that the format knows and this version can't run yet, with the phases in which they may stand. */
export const LATER: Readonly<Record<string, readonly Phase[]>> = {
  database: ['backup', 'stop', 'start'],
  images: ['switch'],
  git: ['switch'],
  restore: ['switch'],
  prisma: ['switch', 'verify'],
  kubernetes: ['stop', 'switch', 'start'],
  swarm: ['switch'],
  terraform: ['switch'],
  ansible: ['switch'],
  pm2: ['stop', 'start', 'verify'],
  compose: ['stop', 'start'],
  maintenance: ['stop', 'start'],
  load: ['verify'],
}
