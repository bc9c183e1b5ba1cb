import type { BatchSize } from '../runbook/runbook.ts'

/**
 * Groups of hosts that are switched one after the other. Each size says how many hosts have been switched in all when
 * its group is through, as a number or as a share of all of them, rounded up; what is left over is the last group.
 *
 * @param sizes `[1, '25%', '100%']`; without any, all hosts are one group
 */
export function inBatches<T>(
  hosts: readonly T[],
  sizes: readonly BatchSize[] = [],
): readonly (readonly T[])[] {
  const batches: (readonly T[])[] = []
  let through = 0
  for (const size of [...sizes, '100%'] as const) {
    const upTo = Math.min(hosts.length, countOf(size, hosts.length))
    if (upTo <= through) continue
    batches.push(hosts.slice(through, upTo))
    through = upTo
  }
  return batches
}

const countOf = (size: BatchSize, all: number): number =>
  // Multiplied first: 7 / 100 * 100 is a little more than 7.
  typeof size === 'number' ? size : Math.ceil((Number.parseInt(size, 10) * all) / 100)
