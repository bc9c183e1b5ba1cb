import { homedir } from 'node:os'
import { join } from 'node:path'
import { findListeners } from './listeners.ts'
import { openAudience } from './operation/audience.ts'
import { perform } from './operation/perform.ts'
import { isGreen, type Outcome } from './outcome.ts'
import { finalWords } from './report/annotate.ts'
import { forCommandLine } from './report/command-line.ts'
import { writeJunit } from './report/drill/file.ts'
import { failureOf } from './report/failure-words.ts'
import { writeIncident } from './report/incident-file.ts'
import { type Log, plainLog } from './report/log.ts'
import { Masker } from './report/mask.ts'
import { neutralise } from './report/neutralise.ts'
import { followUpLines, tableLines, wayBackLines } from './report/plain-lines.ts'
import { writePlan } from './report/plan-file.ts'
import { writeRecord } from './report/record.ts'
import { refusedBefore } from './report/refused.ts'
import { HelpWanted, requestFromArguments, UsageError } from './request/cli.ts'
import { secretsOf } from './request/secrets.ts'

/** The same operations for the day on which GitHub is down. Sets the exit status of the process. */
export async function cli(): Promise<void> {
  // Whoever reads along may stop reading (`| head`); the run goes on.
  process.stdout.on('error', () => {})
  try {
    process.exitCode = await runCommand(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof HelpWanted) && !(error instanceof UsageError)) {
      const { message, remedy } = refusedBefore(error).failure ?? { message: String(error), remedy: [] }
      process.stderr.write(`${forCommandLine([message, ...remedy.map(each => `→ ${each}`)].join('\n'))}\n`)
      process.exitCode = 1
      return
    }
    const stream = error instanceof HelpWanted ? process.stdout : process.stderr
    stream.write(`${error.message}\n`)
    process.exitCode = error.exitStatus
  }
}

/** Ends the process for a mistake of ours that nothing has caught: once the switch began, nobody may take it for a refusal. */
function breakOff(error: unknown, switching: string, masker: Masker): void {
  const { message } = failureOf(error, switching === '' ? 'nothing' : 'unknown')
  const next = switching === '' ? '' : `→ Run \`rollbook status\` to see what became of run ${switching}.\n`
  process.stderr.write(`${neutralise(masker.mask(message)).join('\n')}\n${next}`)
  process.exit(switching === '' ? 1 : 4)
}

async function runCommand(argv: readonly string[]): Promise<number> {
  const masker = new Masker()
  // The run that has begun to switch, as far as that is known.
  let switching = ''
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, error => breakOff(error, switching, masker))
  const request = requestFromArguments(argv, process.env)
  masker.add(secretsOf(request))
  const cancel = new AbortController()
  // A closed terminal is a person who went away: the run goes back, as after Ctrl-C.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cancel.abort())
  const folder = join(homedir(), '.rollbook', 'records')
  const plain = plainLog(process.stdout, masker)
  const log: Log = {
    ...plain,
    line: text => plain.line(forCommandLine(text)),
    warning: text => plain.warning(forCommandLine(text)),
  }
  let audience = openAudience([], log)
  const learn = (name: string, value: string): void => void masker.add([{ name, value }])
  const surroundings = { variables: process.env, learn, notice: (text: string) => log.line(text), keep() {} }
  const report = await perform(request, {
    log,
    variables: process.env,
    cancelled: cancel.signal,
    remember(stage, run) {
      if (stage === 'switching') switching = run
    },
    learn,
    listen(setting) {
      audience = openAudience(findListeners(setting, request, surroundings), log)
    },
    begun: heading => audience.began(masker.maskDeep(heading)),
    mask: text => masker.mask(text),
    keepPlan: plan => void process.stdout.write(`plan: ${writePlan(masker.maskDeep(plan), folder)}\n`),
    fetchRunbook: async (path, token) =>
      (await import('./github/runbook-source.ts')).fetchRunbook(path, token, process.env),
    fetchChanges: async (from, to, token, signal) =>
      (await import('./github/changes.ts')).fetchChanges(from, to, token, signal, process.env),
  })
  for (const warning of masker.warnings) process.stderr.write(`warning: ${warning}\n`)
  const masked = masker.maskDeep(report)
  const { title, message } = finalWords(masked)
  process.stdout.write(forCommandLine(`\n${title}\n${message === title ? '' : `${message}\n`}`))
  const after = [...tableLines(masked.failure?.table), ...wayBackLines(masked), ...followUpLines(masked)]
  for (const line of after) process.stdout.write(`${forCommandLine(line)}\n`)
  process.stdout.write(`record: ${await writeRecord(masked, folder)}\n`)
  const incident = await writeIncident(masked, folder)
  if (incident !== '') process.stdout.write(`report: ${incident}\n`)
  const junit = await writeJunit(masked, folder)
  if (junit !== '') process.stdout.write(`junit: ${junit}\n`)
  for (const { what, url } of masker.maskDeep(await audience.ended(masked)))
    process.stdout.write(`${what}: ${url}\n`)
  return exitStatus(report.outcome)
}

function exitStatus(outcome: Outcome): number {
  if (isGreen(outcome)) return 0
  switch (outcome) {
    case 'restored':
      return 2
    case 'needs-operator':
      return 3
    case 'unknown':
      return 4
    default:
      return 1
  }
}
