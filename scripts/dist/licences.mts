import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const RULE = '-'.repeat(80)

/** The folder of the package that a file belongs to; undefined for our own files. */
const packageOf = (file: string): string | undefined =>
  /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0]

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const nameOf = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && 'name' in value ? textOf(value.name) : textOf(value)

const chapterOf = async (folder: string): Promise<string> => {
  const manifest: { readonly [key in 'name' | 'version' | 'author' | 'license']?: unknown } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  )
  const { name, version, author, license } = manifest
  const licence = textOf(license)
  const files = (await readdir(folder)).filter(file => /^(licen[cs]e|copying|notice)/i.test(file)).sort()
  const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))
  if (licence === undefined && texts.length === 0) throw new Error(`${name} says nothing about its licence`)
  const said = `The package carries no licence text. Its manifest says: ${licence}, ${nameOf(author) ?? 'no author'}.`
  const text = texts.length === 0 ? said : texts.join('\n\n')
  // One kind of line end, so that git hands out the very bytes that the build makes.
  return `${name} ${version}\n${licence ?? 'see below'}\n\n${text.replaceAll('\r\n', '\n').trim()}\n`
}

/**
 * The licences of all packages from which a file went into the bundle, by name, with their whole text.
 *
 * @param files Absolute paths of the bundled files.
 * @throws For a package that says nothing about its licence: it may not be shipped.
 */
export const licencesOf = async (files: readonly string[]): Promise<string> => {
  const folders = new Set(files.map(packageOf).filter(folder => folder !== undefined))
  const chapters = await Promise.all([...folders].map(chapterOf))
  const head = 'Rollbook itself is MIT, see LICENSE. Its bundle contains these packages.\n'
  return [head, ...chapters.sort()].join(`\n${RULE}\n\n`)
}
