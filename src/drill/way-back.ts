/** What is known of an environment that is to be as it was before the drill. */
export interface Standing {
  /** What the components say is what they said before. */
  readonly same: boolean
  /** Whether the checks pass; undefined while nobody has looked since the last change. */
  readonly serves: boolean | undefined
  /** The rollback of the drill is in force: it ended on its target, and was not taken back. */
  readonly rolledBack: boolean
  /** A fault was made, or may have been. */
  readonly broke: boolean
  /** The fault is one that the components see, so that taking the rollback back would only bring it again. */
  readonly visible: boolean
  /** The rollback switches things that no component sees: only an undo brings them back. */
  readonly opaque: boolean
  /** There is one release, known by its name, that all hosts had before. */
  readonly named: boolean
  readonly tried: readonly Way[]
}

/** `rollback`: the rollback of the scenario; `undo`: it is taken back; `name`: a rollback to what was live before. */
export type Way = 'rollback' | 'undo' | 'name'

/**
 * What to do next so that all is as it was before: a way, `look` at the checks, `done`, or `stuck` when nothing that is
 * known helps. Each way is tried once, so that it ends. Pure.
 */
export function wayBack(now: Standing): Way | 'look' | 'done' | 'stuck' {
  const may = (way: Way) => !now.tried.includes(way)
  const unseen = now.opaque && now.rolledBack
  if (now.same && !unseen) {
    if (now.serves === undefined) return 'look'
    if (now.serves) return 'done'
    return now.broke && !now.rolledBack && may('rollback') ? 'rollback' : 'stuck'
  }
  if (now.rolledBack && !now.visible && may('undo')) return 'undo'
  if (now.named && may('name')) return 'name'
  if (now.broke && !now.rolledBack && may('rollback')) return 'rollback'
  return 'stuck'
}
