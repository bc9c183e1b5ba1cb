import { createHash } from 'node:crypto'
import { Refusal } from '../refusal.ts'
import type { Choice } from '../release/resolve.ts'
import type { Restorable, RestorableFile } from './restore-reader.ts'

/** There is no copy of any of the files, or a file that is to get its old content back is not there. */
class NothingToRestore extends Refusal {
  readonly code = 'RB-NOTHING-TO-RESTORE'
}

/** Files that differ from their copies: those that a restore changes. */
export const toRestore = ({ files }: Restorable): readonly RestorableFile[] =>
  files.filter(({ now, wanted }) => now !== undefined && wanted !== undefined && now !== wanted)

/**
 * Which content the files would get. Files have no releases: what they hold is named by a digest over all of them, and what
 * they would hold by where it comes from, which is one thing on hosts whose files differ.
 *
 * @param from in words, such as `copies that end in .backup`.
 * @param to the same as the name of a release, for copies that are in no archive.
 * @throws NothingToRestore
 */
export function resolveRestore(host: string, restorable: Restorable, from: string, to: string): Choice {
  const { files, archive } = restorable
  if (restorable.damaged !== undefined)
    throw new NothingToRestore(
      `The backup ${restorable.damaged} on ${host} is not what it was when it was made: its sha256 is another one. Nothing was changed.`,
      ['Name an earlier run in `from`, or bring the archive back from wherever it is copied to.'],
    )
  const gone = files.filter(({ now }) => now === undefined)
  const without = files.filter(({ wanted }) => wanted === undefined)
  if (files.length === 0 || without.length === files.length || gone.length > 0)
    throw new NothingToRestore(
      gone.length > 0
        ? `${gone.map(({ path }) => path).join(', ')} on ${host} is not there, or can't be read: only files that are there are restored. Nothing was changed.`
        : `${host} has no ${from} of ${files.map(({ path }) => path).join(', ') || 'these files'}. Nothing was changed.`,
      [
        'Look there with `ls -l`. Copies are made by a `files` item in `backup`, or by your deploy as files with a suffix.',
      ],
    )
  const chosen = files.filter(({ wanted }) => wanted !== undefined)
  const [run] = /\d{8}T\d{6}Z-[0-9a-f]{6}/.exec(archive.slice(archive.lastIndexOf('/'))) ?? []
  const name = run === undefined ? to : `backup-${run}`
  const alreadyThere = toRestore(restorable).length === 0
  return {
    from: alreadyThere ? name : nameOf(chosen.map(({ now }) => now)),
    to: name,
    alreadyThere,
    why: `${chosen.length === 1 ? 'its content is' : 'their content is'} that of the ${from}${madeAt(chosen)}`,
    warnings: without.map(
      ({ path }) => `${path} on ${host} has no copy to restore from, and stays as it is.`,
    ),
    passedOver: [],
    candidates: [],
  }
}

const nameOf = (sums: readonly (string | undefined)[]): string =>
  `files-${createHash('sha256').update(sums.join('\n')).digest('hex').slice(0, 12)}`

function madeAt(files: readonly RestorableFile[]): string {
  const times = files.map(({ at }) => at).filter(at => at > 0)
  if (times.length === 0) return ''
  const day = (at: number) => `${new Date(at * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const [first, last] = [Math.min(...times), Math.max(...times)]
  return first === last ? `, made ${day(first)}` : `, made from ${day(first)} to ${day(last)}`
}
