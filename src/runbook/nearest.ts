/** How many letters have to be added, dropped, changed or swapped with a neighbour to turn one word into the other. */
export function distance(from: string, to: string): number {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 1; line <= from.length; line++) {
    const next = [line]
    for (let column = 1; column <= to.length; column++) {
      const changed = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1)
      const swapped =
        from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1]
          ? (before[column - 2] ?? Number.POSITIVE_INFINITY) + 1
          : Number.POSITIVE_INFINITY
      next.push(Math.min(changed, swapped, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[to.length] ?? 0
}

/** The known name that was most likely meant, if one is near enough (a third of its letters, ignoring case). */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly away: number } | undefined
  for (const name of word.length > 64 ? [] : known) {
    const away = distance(word.toLowerCase(), name.toLowerCase())
    if (away <= Math.max(1, Math.floor(name.length / 3)) && away < (best?.away ?? Number.POSITIVE_INFINITY)) {
      best = { name, away }
    }
  }
  return best?.name
}

/** ` Did you mean "switch"?`, or the names that there are, or nothing when there are none. */
export function hint(word: string, known: readonly string[]): string {
  const meant = nearest(word, known)
  if (meant !== undefined) return ` Did you mean "${meant}"?`
  if (known.length === 0) return ''
  const more = known.length > 12 ? `, and ${known.length - 12} more` : ''
  return ` Known here: ${known.slice(0, 12).join(', ')}${more}.`
}
