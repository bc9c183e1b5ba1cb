/**
 * Puts `text` between the marks `<!-- name -->` and `<!-- /name -->`, or `# name` and `# /name` in YAML.
 *
 * @throws When the text has no such marks, or has them twice.
 */
export const between = (page: string, name: string, text: string): string => {
  const lines = page.split('\n')
  const [begin, end] = [name, `/${name}`].map(mark => soleLine(lines, mark))
  if (begin === undefined || end === undefined || end < begin)
    throw new Error(
      `the marks <!-- ${name} --> and <!-- /${name} --> must stand once each, on lines of their own`,
    )
  return [...lines.slice(0, begin + 1), text, ...lines.slice(end)].join('\n')
}

const soleLine = (lines: readonly string[], mark: string): number | undefined => {
  const found = lines.flatMap((line, at) =>
    [`<!-- ${mark} -->`, `# ${mark}`].includes(line.trim()) ? [at] : [],
  )
  return found.length === 1 ? found[0] : undefined
}
