import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const CODE = resolve(import.meta.dirname, '../../src/github')

/** Every route that `src/github` asks, such as `POST /repos/{owner}/{repo}/issues`. */
export const routesOfCode = (): readonly string[] => {
  const texts = readdirSync(CODE).map(file => readFileSync(join(CODE, file), 'utf8'))
  const found = texts.flatMap(text => text.match(/(?<=')(?:GET|POST|PATCH|PUT|DELETE) \/[^']+(?=')/g) ?? [])
  return [...new Set(found)].sort()
}
