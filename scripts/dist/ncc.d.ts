// @vercel/ncc ships no types; this is what we use of it (its readme, "Programmatically From Node.js").
declare module '@vercel/ncc' {
  interface Module {
    readonly resource?: string
    /** Of modules that webpack joined into one. */
    readonly modules?: Iterable<Module>
  }
  interface Result {
    readonly code: string
    readonly assets: Readonly<Record<string, { readonly source: string | Buffer }>>
    readonly stats: { readonly compilation: { readonly modules: Iterable<Module> } }
  }
  interface Options {
    readonly cache: false
    readonly quiet: true
    readonly externals: Readonly<Record<string, string>>
    /** Only files under this folder are carried along as assets. */
    readonly filterAssetBase: string
  }
  export default function ncc(input: string, options: Options): Promise<Result>
}
