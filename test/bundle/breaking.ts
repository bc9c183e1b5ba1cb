import type { Described } from '../support/workspace.ts'
import { HASTY } from '../support/workspace.ts'

/** 3 is live and works, 4 does not. */
export const BREAKABLE = { releases: ['1', '2', '3', '4'], live: '3', broken: ['4'] }

/** A scenario of a drill: it makes 4 live, sees that, and goes back to 2; the drill brings 3 back. */
export const breaking = ({ path, urls }: Pick<Described, 'path' | 'urls'>) => ({
  rollback: 'release',
  target: '2',
  in: path,
  break: 'ln -sfn releases/4 current',
  broken: { http: `${urls[0]}/healthz`, expect: { failing: true }, ...HASTY },
})
