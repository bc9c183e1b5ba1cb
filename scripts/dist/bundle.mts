import ncc, { type Module } from '@vercel/ncc'
import { minify } from 'rolldown/utils'

// ssh2 carries a Windows program for Pageant, which the bundle runs without. Nobody should have to trust
// an unexplained .exe in an action that reaches production. https://github.com/vercel/ncc/issues/901
const UNWANTED = ['pagent.exe']

const resources = (modules: Iterable<Module>): string[] =>
  [...modules].flatMap(module => [
    ...(module.resource === undefined ? [] : [module.resource]),
    ...resources(module.modules ?? []),
  ])

/**
 * Makes one CommonJS file of a module and all that it imports, node's own modules excepted.
 *
 * CommonJS, because in ncc's ES module output ssh2 dies on `__dirname` (https://github.com/vercel/ncc/issues/895).
 *
 * @param folder The only folder from which ncc may carry files along.
 * @param externals Packages that are a file beside the bundle instead, with the path to require.
 * @param lines Whether lines stay lines, so that a stack says something and the file can be read: not for a file in which
 *   nothing is ours.
 * @returns The code, and the absolute paths of the files that went into it.
 * @throws When ncc wants to write a file beside the code that nobody decided on.
 */
export const bundle = async (
  file: string,
  folder: string,
  externals: Readonly<Record<string, string>>,
  lines: boolean,
): Promise<{ code: string; files: string[] }> => {
  const { code, assets, stats } = await ncc(file, {
    cache: false,
    quiet: true,
    externals,
    filterAssetBase: folder,
  })
  const surprises = Object.keys(assets).filter(name => !UNWANTED.includes(name))
  if (surprises.length > 0) throw new Error(`ncc wants to ship ${surprises.join(', ')} beside the bundle`)
  return { code: await withoutComments(code, lines), files: resources(stats.compilation.modules) }
}

/**
 * Comments of packages are a tenth of the bundle, and every start reads them; their licences stand in a file of their own.
 * Nothing else changes: names stay as they are.
 */
async function withoutComments(code: string, lines: boolean): Promise<string> {
  const plain = await minify('bundle.js', code, {
    module: false,
    compress: false,
    mangle: false,
    codegen: { removeWhitespace: !lines, legalComments: 'none' },
  })
  const [first] = plain.errors
  if (first !== undefined) throw new Error(`the bundle can't be read: ${first.message}`)
  return plain.code
}
