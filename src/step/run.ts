import type { Phase } from '../kind/item.ts'
import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { ONCE } from '../kind/patience.ts'
import { script } from '../kind/shape.ts'

type RunItem = ItemOf<typeof script>

export const run = {
  name: 'run',
  phases: ['stop', 'switch', 'start', 'verify', 'resume', 'diagnose'],
  value: script,
  options: {},
  says: 'Runs a script of your own; in `switch` it needs an `undo`.',
  title({ value }: RunItem) {
    const [first = '', ...more] = value.trim().split('\n')
    const short = first.length > 60 ? `${first.slice(0, 59)}…` : first
    return more.length > 0 && !short.endsWith('…') ? `${short} …` : short
  },
  onHost: {
    shell: new URL('./run.sh', import.meta.url),
    steps: ({ value, undo }: RunItem) => [{ data: { script: value, undo: undo ?? '', ...ONCE } }],
    back: ({ undo }) => (undo ? 'run its undo script' : 'nothing: it has no undo script'),
  },
  problem(item: RunItem, phase: Phase) {
    return phase === 'switch' && item.undo === undefined
      ? 'A script that switches needs "undo": the script that brings back what was there before.'
      : undefined
  },
} as const satisfies Kind
