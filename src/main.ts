import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { notice, saveState, setFailed, setSecret } from '@actions/core'
import { findListeners } from './listeners.ts'
import { hasLooseEnds, OVER } from './loose-ends.ts'
import { openAudience } from './operation/audience.ts'
import type { Surroundings } from './operation/listener.ts'
import { perform } from './operation/perform.ts'
import { isGreen, type RunReport } from './outcome.ts'
import { causes } from './report/failure-words.ts'
import { githubLog } from './report/log.ts'
import { Masker } from './report/mask.ts'
import { neutralise } from './report/neutralise.ts'
import { beginOutputs, beginSwitching } from './report/outputs.ts'
import { writePlan } from './report/plan-file.ts'
import { publish, publishTold } from './report/publish.ts'
import { refusedBefore } from './report/refused.ts'
import { knownBefore } from './request/known.ts'
import { readRequest } from './request/read.ts'
import type { Request } from './request/request.ts'
import { withRunbookSecrets } from './request/runbook-secrets.ts'
import { secretsOf } from './request/secrets.ts'

/** The step of a job: reads what is asked, does it, and tells how it ended. */
export async function main(): Promise<void> {
  // What never comes to its end has not succeeded.
  process.exitCode = 1
  const masker = new Masker()
  // A runner that is gone can't be told so: saying it again and again would keep us here for ever.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, error => setFailed(neutralise(masker.mask(causes(error))).join('\n')))
  const cancel = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => cancel.abort())
  beginOutputs()

  const log = githubLog(masker)
  const folder = join(process.env.RUNNER_TEMP ?? tmpdir(), 'rollbook')
  const told: Record<string, string> = {}
  const tell = (name: string, value: string): void => {
    told[name] = value
    const open = hasLooseEnds(told)
    // Taken back before something opens, and said after it is closed: cut off between two words, the post step looks.
    if (open) saveState(OVER, '')
    saveState(name, value)
    if (!open) saveState(OVER, 'true')
  }
  let plan = ''
  let audience = openAudience([], log)
  const learn = (name: string, value: string): void => {
    masker.add([{ name, value }])
    masker.registerSecrets(setSecret)
  }
  const run = (request: Request, variables: Surroundings['variables']): Promise<RunReport> => {
    masker.add(secretsOf(request))
    const surroundings: Surroundings = {
      variables,
      learn,
      notice: text => notice(neutralise(masker.mask(text)).join('\n')),
      keep: tell,
    }
    return perform(request, {
      log,
      variables,
      cancelled: cancel.signal,
      remember(stage, name) {
        tell('stage', stage)
        // From here on, silence does not mean that nothing was changed.
        if (stage === 'switching') beginSwitching(name)
        tell('run', name)
      },
      learn,
      drilling: name => tell('drill', name),
      mask: text => masker.mask(text),
      keepPlan(kept) {
        plan = writePlan(masker.maskDeep(kept), folder)
      },
      listen(setting) {
        audience = openAudience(findListeners(setting, request, surroundings), log)
      },
      begun: heading => audience.began(masker.maskDeep(heading)),
      // Loaded only when it is needed: it costs a tenth of the whole start.
      fetchRunbook: async (path, token) =>
        (await import('./github/runbook-source.ts')).fetchRunbook(path, token, process.env),
      fetchChanges: async (from, to, token, signal) =>
        (await import('./github/changes.ts')).fetchChanges(from, to, token, signal, process.env),
    })
  }

  const report = await ask(run, learn)
  for (const warning of masker.warnings) log.warning(warning)
  await publish(report, masker, log, { folder, plan })
  await publishTold(masker.maskDeep(await audience.ended(masker.maskDeep(report))), log)
  process.exitCode = isGreen(report.outcome) ? 0 : 1
  // The hosts have been told goodbye. To wait until each has answered costs a round trip and changes nothing; only on
  // Windows must handles close by themselves (https://github.com/nodejs/node/issues/56645).
  if (process.platform !== 'win32') process.stdout.write('', () => process.exit())
}

async function ask(
  run: (request: Request, variables: Surroundings['variables']) => Promise<RunReport>,
  learn: Surroundings['learn'],
): Promise<RunReport> {
  let request: Request
  let variables: Surroundings['variables']
  try {
    // Before the inputs are looked at, so that none of their refusals shows one of these.
    variables = withRunbookSecrets(process.env, learn)
    request = readRequest()
  } catch (error) {
    return refusedBefore(error, knownBefore(process.env))
  }
  return await run(request, variables)
}
