import { getState, info, setFailed, summary, warning } from '@actions/core'
import { endKeptDeployment } from './github/kept-deployment.ts'
import { isCutOff } from './loose-ends.ts'
import { chooseDrill } from './operation/drill-setting.ts'
import { drillAgain, type Ground, settingAgain } from './operation/perform.ts'
import { cutOffPage, cutOffWords } from './report/aftermath.ts'
import { cutOffDrillPage, cutOffDrillWords } from './report/drill-aftermath.ts'
import { causes } from './report/failure-words.ts'
import { githubLog, type Log } from './report/log.ts'
import { Masker } from './report/mask.ts'
import { neutralise } from './report/neutralise.ts'
import { readRequest } from './request/read.ts'
import { withRunbookSecrets } from './request/runbook-secrets.ts'
import { secretsOf } from './request/secrets.ts'
import { endRun } from './rollback/cut-off-run.ts'

/** After the step, whatever became of it. */
export async function post(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  await endCutOffRun()
  await endDeployment()
}

/** A deployment that nobody has told the end of would be in progress for ever. */
async function endDeployment(): Promise<void> {
  const kept = getState('deployment')
  if (kept === '') return
  const masker = new Masker()
  try {
    const request = readRequest()
    masker.add(secretsOf(request))
    await endKeptDeployment(kept, request.token, process.env)
  } catch (error) {
    warning(shown(`The end of the deployment could not be told to GitHub: ${causes(error)}`, masker))
  }
}

/** A run that was cut off in the middle is brought to an end and told about. */
async function endCutOffRun(): Promise<void> {
  const stage = getState('stage')
  const run = getState('run')
  const drill = getState('drill')
  if (drill !== '') return await endCutOffDrill(drill, run)
  if (!isCutOff({ run, stage })) return
  const masker = new Masker()
  const log = githubLog(masker)
  try {
    const request = readRequest()
    masker.add(secretsOf(request))
    info(`The run ${run} was cut off while it was ${stage}. Looking at its hosts.`)
    const setting = await settingAgain(request, groundOf(log, masker))
    const found = await endRun(setting, run)
    for (const each of found) warning(shown(`${each.host} ${cutOffWords(each)}`, masker))
    const { app } = setting.runbook
    const { name: environment, state } = setting.environment
    const stateFolder = state ?? `~/.rollbook/${app}/${environment}`
    await summary.addRaw(masker.mask(cutOffPage({ app, environment, run, stateFolder, found }))).write()
    if (found.some(({ reached }) => reached === 'needs-operator'))
      setFailed(`The run ${run} needs its operator.`)
  } catch (error) {
    setFailed(
      shown(`The run ${run} was cut off, and its hosts could not be looked at: ${causes(error)}`, masker),
    )
  }
}

/** A drill that was cut off: its last run is brought to an end, and then the environment to how it was. */
async function endCutOffDrill(drill: string, run: string): Promise<void> {
  const masker = new Masker()
  const log = githubLog(masker)
  try {
    const request = readRequest()
    masker.add(secretsOf(request))
    info(`The drill ${drill} was cut off. Looking at its hosts.`)
    const ground = groundOf(log, masker)
    const setting = await drillAgain(request, ground, drill)
    if (run !== '' && run !== drill)
      for (const each of await endRun(setting, run))
        info(shown(`Run ${run} of the drill: ${each.host} ${cutOffWords(each)}`, masker))
    const { finishDrill } = await import('./operation/drill-post.ts')
    const found = masker.maskDeep(await finishDrill(setting, chooseDrill(setting.runbook, request)))
    log.close()
    await summary.addRaw(cutOffDrillPage(found)).write()
    const words = neutralise(cutOffDrillWords(found)).join('\n')
    if (found.back) warning(words)
    else setFailed(words)
  } catch (error) {
    setFailed(
      shown(`The drill ${drill} was cut off, and its hosts could not be looked at: ${causes(error)}`, masker),
    )
  }
}

/** Some of it comes from hosts. */
const shown = (text: string, masker: Masker): string => neutralise(masker.mask(text)).join('\n')

function groundOf(log: Log, masker: Masker): Ground {
  const learn = (name: string, value: string): void => void masker.add([{ name, value }])
  return {
    log,
    variables: withRunbookSecrets(process.env, learn),
    cancelled: new AbortController().signal,
    remember() {},
    learn,
    mask: text => masker.mask(text),
    keepPlan() {},
    fetchRunbook: async (path, token) =>
      (await import('./github/runbook-source.ts')).fetchRunbook(path, token, process.env),
  }
}
