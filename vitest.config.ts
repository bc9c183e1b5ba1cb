import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// `npm test` is everything that needs no container, with one shell; `npm run test:shells` takes the program through the
// others, `npm run test:kill` kills it at each of its calls; `npm run test:system` boots real Debian hosts.
const engine = { include: ['test/engine/**/*.test.ts'], testTimeout: 120_000 }

/** Hundreds of tests start the same bundle: it is compiled once. Nothing is measured here. */
const started = { env: { NODE_COMPILE_CACHE: join(tmpdir(), 'rollbook-compile-cache') } }

export default defineConfig({
  test: {
    // Most of these tests wait for others, and hardly for a core.
    maxWorkers: 3 * availableParallelism(),
    projects: [
      {
        // GitHub's language service ships source maps without the sources, and vite says so for each of its files.
        logLevel: 'error',
        test: {
          name: 'unit',
          // Properties are tried a hundred times, also on a machine that is slow.
          testTimeout: 20_000,
          include: ['test/unit/**/*.test.ts'],
          // They leave nothing behind; loading everything anew for each file takes longer than all of them.
          isolate: false,
          // GitHub's language service imports JSON without saying so, which Node refuses and vite does not mind.
          server: { deps: { inline: [/@actions\/(languageservice|workflow-parser|expressions)/] } },
        },
      },
      { test: { ...engine, name: 'engine', isolate: false, env: { ROLLBOOK_SHELLS: 'dash' } } },
      { test: { ...engine, name: 'shells', isolate: false, env: { ROLLBOOK_SHELLS: 'bash busybox' } } },
      { test: { ...started, name: 'kill', include: ['test/kill/**/*.test.ts'], testTimeout: 120_000 } },
      { test: { name: 'wire', isolate: false, include: ['test/wire/**/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          ...started,
          name: 'bundle',
          isolate: false,
          include: ['test/bundle/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      // Whole jobs of the workflow files, as GitHub would run them.
      {
        test: {
          ...started,
          name: 'workflows',
          include: ['test/workflows/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      // Part of `npm run check`: what shellcheck says, and two builds.
      { test: { name: 'check', include: ['test/check/**/*.test.ts'], testTimeout: 120_000 } },
      { test: { name: 'soak', include: ['test/soak/**/*.test.ts'] } },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
