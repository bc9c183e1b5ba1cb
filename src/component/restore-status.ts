import type { Shown } from '../kind/kind.ts'
import type { Restorable, RestorableFile } from './restore-reader.ts'

/**
 * What `status` tells of files that can be restored: each with its copy, or without one.
 *
 * @param problem why they could not be restored now.
 */
export function filesShown({ files, archive }: Restorable, live: string, problem: string | undefined): Shown {
  return {
    title: files.length === 1 ? `file ${files[0]?.path}` : `${files.length} files`,
    live,
    ...(problem !== undefined && { problem }),
    parts: files.map(file => ({
      file: file.path,
      copy: file.source === undefined ? '' : archive === '' ? file.source : `${file.source} in ${archive}`,
      made: file.source === undefined ? '' : new Date(file.at * 1000).toISOString(),
      is: standOf(file),
    })),
    releases: [],
  }
}

function standOf({ now, wanted }: RestorableFile): string {
  if (now === undefined) return 'not there, or closed to us'
  if (wanted === undefined) return 'without a copy'
  return now === wanted ? 'the same as its copy' : 'not the same as its copy'
}
