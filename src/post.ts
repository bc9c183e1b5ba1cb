import { getState, info, setFailed, summary, warning } from '@actions/core'
import { settingAgain } from './operation/perform.ts'
import { cutOffPage, cutOffWords } from './report/aftermath.ts'
import { causes } from './report/failure-words.ts'
import { githubLog } from './report/log.ts'
import { Masker } from './report/mask.ts'
import { readRequest } from './request/read.ts'
import { secretsOf } from './request/secrets.ts'
import { endRun } from './rollback/cut-off-run.ts'

/** After the step, whatever became of it: a run that was cut off in the middle is brought to an end and told about. */
export async function post(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const stage = getState('stage')
  const run = getState('run')
  if (run === '' || stage === '' || stage === 'looking' || stage === 'settled') return
  const masker = new Masker()
  const log = githubLog(masker)
  try {
    const request = readRequest()
    masker.add(secretsOf(request))
    info(`The run ${run} was cut off while it was ${stage}. Looking at its hosts.`)
    const setting = await settingAgain(request, {
      log,
      variables: process.env,
      cancelled: new AbortController().signal,
      remember() {},
      learn(name, value) {
        masker.add([{ name, value }])
      },
      mask: text => masker.mask(text),
      keepPlan() {},
      fetchRunbook: async (path, token) =>
        (await import('./github/runbook-source.ts')).fetchRunbook(path, token, process.env),
    })
    const found = await endRun(setting, run)
    for (const each of found) warning(masker.mask(`${each.host} ${cutOffWords(each)}`))
    const { app } = setting.runbook
    const { name: environment, state } = setting.environment
    const stateFolder = state ?? `~/.rollbook/${app}/${environment}`
    await summary.addRaw(masker.mask(cutOffPage({ app, environment, run, stateFolder, found }))).write()
    if (found.some(({ reached }) => reached === 'needs-operator'))
      setFailed(`The run ${run} needs its operator.`)
  } catch (error) {
    setFailed(
      `The run ${run} was cut off, and its hosts could not be looked at: ${masker.mask(causes(error))}`,
    )
  }
}
