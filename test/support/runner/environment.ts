import { randomUUID } from 'node:crypto'
import { arch, platform } from 'node:os'

/** Folders and files of one stage. */
export interface StageFiles {
  readonly output: string
  readonly state: string
  readonly env: string
  readonly path: string
  readonly step_summary: string
}

const SHA = '9f2c1e7d4b6a8035f1c2d3e4b5a697887766554a'

/**
 * The `github` context of a made-up workflow run, for defaults in `action.yml` and for the environment.
 *
 * The API is a port of this machine where nothing listens: an action that tries to reach GitHub from a test learns at
 * once that it can't. `token` is empty for the same reason, until a test gives one.
 */
export const githubContext = (
  workspace: string,
  eventPath: string,
  given: Readonly<Record<string, string>>,
): Record<string, string> => ({
  action: '__rollbook',
  actor: 'mei',
  actor_id: '1001',
  api_url: 'http://127.0.0.1:9',
  base_ref: '',
  event_name: 'workflow_dispatch',
  event_path: eventPath,
  graphql_url: 'http://127.0.0.1:9/graphql',
  head_ref: '',
  job: 'rollback',
  ref: 'refs/heads/main',
  ref_name: 'main',
  ref_protected: 'true',
  ref_type: 'branch',
  repository: 'acme/shop',
  repository_id: '2002',
  repository_owner: 'acme',
  repository_owner_id: '3003',
  retention_days: '90',
  run_attempt: '1',
  run_id: '4004',
  run_number: '17',
  server_url: 'https://github.com',
  sha: SHA,
  token: '',
  triggering_actor: 'mei',
  workflow: 'Rollback',
  workflow_ref: 'acme/shop/.github/workflows/rollback.yml@refs/heads/main',
  workflow_sha: SHA,
  workspace,
  ...given,
})

const OS: Partial<Record<NodeJS.Platform, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }

/** Variables of this process that a runner hands on too; nothing else of it leaks into an action. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ', 'SYSTEMROOT', 'NODE_COMPILE_CACHE']

/** The whole environment of a stage. `GITHUB_TOKEN` isn't in it: an action has what its inputs give it. */
export const stageEnvironment = (
  github: Readonly<Record<string, string>>,
  files: StageFiles,
  temp: string,
  jobEnv: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>>,
  state: Readonly<Record<string, string>>,
): Record<string, string> => {
  const contexts = Object.entries({ ...github, ...files }).filter(([name]) => name !== 'token')
  return {
    ...Object.fromEntries(
      INHERITED.flatMap(name => [[name, process.env[name]]]).filter(([, value]) => value),
    ),
    CI: 'true',
    ...jobEnv,
    ...inputs,
    ...Object.fromEntries(Object.entries(state).map(([key, value]) => [`STATE_${key}`, value])),
    ...Object.fromEntries(contexts.map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value])),
    GITHUB_ACTIONS: 'true',
    RUNNER_ARCH: arch() === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_ENVIRONMENT: 'self-hosted',
    RUNNER_NAME: 'emulated',
    RUNNER_OS: OS[platform()] ?? platform(),
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: temp,
    RUNNER_TRACKING_ID: `github_${randomUUID()}`,
  }
}
