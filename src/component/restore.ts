import * as v from 'valibot'
import type { Databases } from '../database/database.ts'
import type { Item } from '../kind/item.ts'
import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { list, map, textOf } from '../kind/shape.ts'
import type { Seen } from '../release/facts.ts'
import type { Choice } from '../release/resolve.ts'
import { nameProblem } from '../runbook/names.ts'
import { pathProblem, relativePathProblem } from '../runbook/paths.ts'
import { problemOf } from './problem-status.ts'
import { adoptRestoreDatabase } from './restore-database.ts'
import { readRestorable } from './restore-reader.ts'
import { filesShown } from './restore-status.ts'
import { resolveRestore, toRestore } from './restore-target.ts'

const suffixProblem = (text: string): string | undefined =>
  /^[A-Za-z0-9._~+-]{1,40}$/.test(text)
    ? undefined
    : 'A suffix such as .backup has only A-Z a-z 0-9 . _ ~ + and -.'
const sourceProblem = (text: string): string | undefined =>
  text === 'latest' || /^\d{8}T\d{6}Z-[0-9a-f]{6}$/.test(text) || pathProblem(text) === undefined
    ? undefined
    : 'Expected latest, the id of a run, the absolute path of a file, or { suffix: .backup }.'

const value = v.pipe(
  map({
    files: v.optional(
      list(
        textOf('Expected a path.', text =>
          text.startsWith('/') ? pathProblem(text) : relativePathProblem(text),
        ),
        'Expected a list of paths, such as [.env, backend/.env].',
      ),
    ),
    in: v.optional(textOf('Expected the absolute path of a folder.', pathProblem)),
    database: v.optional(textOf('Expected the name of a database of this runbook.', nameProblem)),
    from: v.union(
      [
        textOf('Expected latest, the id of a run, or { suffix: .backup }.', sourceProblem),
        map({ suffix: textOf('Expected a suffix such as .backup.', suffixProblem) }),
      ],
      'Expected latest, the id of a run, or { suffix: .backup }.',
    ),
    with: v.optional(v.picklist(['files'], 'Expected files.')),
  }),
  v.check(
    given => (given.files === undefined) !== (given.database === undefined),
    'Expected either files or a database.',
  ),
)

type RestoreItem = ItemOf<typeof value>

/** What the files would come from, in words. */
const sourceWords = ({ value: { from } }: RestoreItem): string =>
  typeof from !== 'string'
    ? `copies that end in ${from.suffix}`
    : from === 'latest'
      ? 'last backup'
      : `backup of run ${from}`

const resolve = (item: RestoreItem, seen: Seen): Choice =>
  resolveRestore(
    seen.host,
    readRestorable(seen.answer),
    sourceWords(item),
    typeof item.value.from === 'string' ? 'backup' : `copies${item.value.from.suffix}`,
  )

export const restore = {
  name: 'restore',
  phases: ['switch'],
  value,
  options: {},
  says: 'Gives files the content of an earlier copy; owner and mode stay.',
  title({ value: { files = [] } }: RestoreItem) {
    return `restore ${files.length === 1 ? files[0] : `${files.length} files`}`
  },
  problem({ value: { files = [], in: folder, from, with: beside } }: RestoreItem) {
    if (files.length > 0 && typeof from === 'string' && from.startsWith('/'))
      return 'Files are restored from latest, a run, or { suffix: .backup }.'
    if (files.length > 0 && beside !== undefined) return 'with belongs to a database.'
    const relative = folder === undefined ? files.find(path => !path.startsWith('/')) : undefined
    return relative === undefined
      ? undefined
      : `${relative} is relative. Write the absolute path, or say with "in" which folder it is in.`
  },
  adopt: (item: RestoreItem, databases: Databases): Item | string =>
    item.value.database === undefined ? item : adoptRestoreDatabase(item, databases),
  onHost: {
    shell: new URL('./restore.sh', import.meta.url),
    steps: (_, { data }) => [{ data }],
    back: ({ paths = '' }) => `give ${paths.split('\n').join(', ')} back what it holds now`,
    followUps: ({ paths = '' }, { run, stateFolder, ended }) =>
      paths === '' || ended === 'back'
        ? []
        : [
            `What was in the files before is kept in \`${stateFolder}/runs/${run}/kept\` (of other users' files beside each, as \`….rollbook-before\`), secrets included. Leave it to \`operation: prune\`, which takes it when five newer runs have theirs.`,
          ],
  },
  component: {
    fixed: true,
    question: ({ value: { files = [], in: folder = '', from } }: RestoreItem) => ({
      shell: new URL('./restore-probe.sh', import.meta.url),
      ask: 'probe_restore',
      about: [
        folder,
        files.join('\n'),
        typeof from === 'string' ? '' : from.suffix,
        typeof from === 'string' ? from : '',
      ],
    }),
    shows(item: RestoreItem, seen) {
      let live = ''
      const problem = problemOf(() => {
        live = resolve(item, seen).from
      })
      return filesShown(readRestorable(seen.answer), live, problem)
    },
    live: (item: RestoreItem, seen) => resolve(item, seen).from,
    resolve,
    identity: (_, seen) =>
      Object.fromEntries(
        readRestorable(seen.answer).files.map(({ path, now }) => [path, now ?? 'not there']),
      ),
    data(_, seen) {
      const restorable = readRestorable(seen.answer)
      const files = toRestore(restorable)
      const lines = (of: (file: (typeof files)[number]) => string | undefined) =>
        files.map(file => of(file) ?? '').join('\n')
      return {
        paths: lines(({ path }) => path),
        sources: lines(({ source }) => source),
        before: lines(({ now }) => now),
        after: lines(({ wanted }) => wanted),
        archive: restorable.archive,
        changes: files.map(({ path, changes }) => [path, ...changes].join('\n')).join('\n'),
      }
    },
  },
} as const satisfies Kind
