import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { list, textOf } from '../kind/shape.ts'
import { pathProblem, relativePathProblem } from '../runbook/paths.ts'

const value = list(
  textOf('Expected a path.', text => (text.startsWith('/') ? pathProblem(text) : relativePathProblem(text))),
  'Expected a list of paths, such as [/etc/nginx/conf.d/app.conf].',
)

type FilesItem = ItemOf<typeof value>

export const files = {
  name: 'files',
  phases: ['backup'],
  value,
  options: {},
  says: 'Keeps a copy of files and folders, with a sha256 beside it, read back to the end.',
  title({ value }: FilesItem) {
    return `back up ${value.length === 1 ? value[0] : `${value.length} files`}`
  },
  namedByLine: () => 'files',
  onHost: {
    shell: new URL('./files.sh', import.meta.url),
    steps: (item: FilesItem, { stateFolder, run }) => [
      {
        data: {
          paths: item.value.join('\n'),
          archive: `${stateFolder}/backups/${run}-files-${item.position.line}.tar.gz`,
        },
      },
    ],
  },
  problem(item: FilesItem) {
    const relative = item.in === undefined ? item.value.find(path => !path.startsWith('/')) : undefined
    return relative === undefined
      ? undefined
      : `${relative} is relative. Write the absolute path, or say with "in" which folder it is in.`
  },
} as const satisfies Kind
