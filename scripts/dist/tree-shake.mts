import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { type OutputChunk, type Plugin, rolldown } from 'rolldown'
import { shellName } from './contents.mts'

// ncc keeps all of a package of which one function is used. A pass before it, over our own source and
// the packages that are ES modules, drops what nobody calls: 200 kB of valibot, and undici from every start.

/** Packages that do nothing when they are loaded, so that what isn't used of them can go. */
const PURE = /[\\/]node_modules[\\/](@actions[\\/](core|exec|http-client|io)|valibot)[\\/]/

/** CommonJS, which cannot be shaken and reads files beside itself: left to ncc. */
const FOR_NCC = /^(node-ssh|ssh2|tunnel|yaml|undici\/.*)$/

/** Of undici only its two doors that the GitHub client uses; the whole is 300 kB more (mocks, caches, web sockets). */
const UNDICI = `
export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js'
export { fetch } from 'undici/lib/web/fetch/index.js'
`

/** What is used of the GitHub client and its plugins, as the one file that they become. */
const GITHUB_CLIENT = `
export { getOctokit } from '@actions/github'
export { retry } from '@octokit/plugin-retry'
export { throttling } from '@octokit/plugin-throttling'
`

// A function call is opaque to webpack, which would take `new URL('./x.sh', import.meta.url)` for an asset
// and name the file by its hash.
const BUNDLE_FOLDER = `
import { pathToFileURL } from 'node:url'
export const bundleFile = () => pathToFileURL(__filename)
`

const virtual = (modules: Readonly<Record<string, string>>): Plugin => ({
  name: 'virtual',
  resolveId: id => (id in modules ? `\0${id}` : undefined),
  load: id => (id.startsWith('\0') ? modules[id.slice(1)] : undefined),
})

/** Points every `new URL('./x.sh', import.meta.url)` of our source at the file's place beside the bundle. */
const shellFiles = (source: string, out: string): Plugin => ({
  name: 'shell-files',
  async transform(code, id) {
    if (!id.startsWith(source + sep)) return undefined
    const copies: Promise<void>[] = []
    const moved = code.replace(/new URL\('(\.[^']*\.sh)', import\.meta\.url\)/g, (_, path: string) => {
      const file = resolve(dirname(id), path)
      const name = shellName(relative(source, file).split(sep).join('/'))
      copies.push(copyFile(file, join(out, name)))
      return `new URL('./${name}', bundleFile())`
    })
    await Promise.all(copies)
    if (/import\.meta\b/.test(moved))
      throw new Error(
        `${relative(source, id)} uses import.meta, which does not exist in the bundle (CommonJS)`,
      )
    return copies.length === 0 ? undefined : `import { bundleFile } from 'bundle-folder'\n${moved}`
  },
})

/** Our own lazily loaded files stay in the one bundle; they still run only when they are asked for. */
const eager = (code: string): string =>
  code.replaceAll(
    /\bimport\("(\.\/[^"]+)"\)/g,
    (_, file: string) => `import(/* webpackMode: "eager" */ "${file}")`,
  )

/**
 * Writes ES modules and shell files into `out`, ready for ncc, and says which files went into them.
 *
 * @param entry A file of our source, or the name of a module made up here.
 * @param name Of the entry in `out`, without `.js`.
 * @param apart Packages that get a bundle of their own.
 * @returns Absolute paths of the modules that were used.
 * @throws On anything that rolldown warns about: a warning here is a bundle that fails on the day it is needed.
 */
export const treeShake = async (
  root: string,
  entry: string,
  name: string,
  apart: readonly string[],
  out: string,
): Promise<string[]> => {
  const source = join(root, 'src')
  await mkdir(out, { recursive: true })
  const build = await rolldown({
    cwd: root,
    input: { [name]: entry },
    platform: 'node',
    // `npx rollbook` runs on the user's own Node.
    transform: { target: 'node20' },
    external: [FOR_NCC, ...apart],
    plugins: [
      virtual({ undici: UNDICI, 'github-client': GITHUB_CLIENT, 'bundle-folder': BUNDLE_FOLDER }),
      shellFiles(source, out),
    ],
    treeshake: { moduleSideEffects: [{ test: PURE, sideEffects: false }] },
    // How long a plugin takes on a busy machine is no fault of what is built.
    checks: { pluginTimings: false },
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  const { output } = await build.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: `${name}-[name].js`,
    // What explains the source is read in the source.
    comments: { jsdoc: false },
  })
  await build.close()
  const chunks = output.filter((item): item is OutputChunk => item.type === 'chunk')
  for (const chunk of chunks) await writeFile(join(out, chunk.fileName), eager(chunk.code))
  return chunks.flatMap(chunk => chunk.moduleIds).filter(id => !id.startsWith('\0'))
}
