import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { oneOf } from '../kind/shape.ts'

const value = oneOf(['reload', 'restart', 'stop', 'start'])

type NginxItem = ItemOf<typeof value>

export const nginx = {
  name: 'nginx',
  phases: ['stop', 'start'],
  value,
  options: {},
  says: 'Reloads, restarts, stops or starts nginx; the configuration is tested first, and a reload has to take effect.',
  title({ value }: NginxItem) {
    return `${value} nginx`
  },
  onHost: {
    shell: new URL('./nginx.sh', import.meta.url),
    steps: ({ value }: NginxItem) => [{ data: { verb: value } }],
  },
} as const satisfies Kind
