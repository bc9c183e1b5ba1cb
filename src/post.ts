import { getState, info, setFailed, summary, warning } from '@actions/core'
import { settingAgain } from './operation/perform.ts'
import { causes } from './report/failure-words.ts'
import { githubLog } from './report/log.ts'
import { code, prose } from './report/markdown.ts'
import { Masker } from './report/mask.ts'
import { readRequest } from './request/read.ts'
import { secretsOf } from './request/secrets.ts'
import { type Aftermath, endRun } from './rollback/aftermath.ts'

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
    for (const each of found) warning(masker.mask(`${each.host} ${inWords(each)}`))
    await summary.addRaw(masker.mask(pageOf(run, found))).write()
    if (found.some(({ reached }) => reached === 'needs-operator'))
      setFailed(`The run ${run} needs its operator.`)
  } catch (error) {
    setFailed(
      `The run ${run} was cut off, and its hosts could not be looked at: ${masker.mask(causes(error))}`,
    )
  }
}

const WORDS: Readonly<Record<string, string>> = {
  undone: 'is back where it started',
  refused: 'was not changed',
  new: 'was not changed: nothing was begun there',
  committed: 'is on the target',
  kept: 'is on the target; the host decided so by itself',
  'needs-operator': 'could not be brought to a known state: it needs its operator',
}

function inWords({ reached, trouble }: Aftermath): string {
  if (reached === undefined) return `could not be looked at (${trouble}); the host ends by itself`
  return WORDS[reached] ?? `is not over yet (${reached}); the host ends by itself`
}

const pageOf = (run: string, found: readonly Aftermath[]): string =>
  [
    '### After the run was cut off',
    '',
    `Run ${code(run)}:`,
    '',
    ...found.map(each => `- ${code(each.host)} ${prose(inWords(each))}`),
    '',
  ].join('\n')
