import type { HostReport, RunReport } from '../outcome.ts'
import { hostNames } from './by-host.ts'
import { hostsIn } from './verdict.ts'

/** One thing to do now: a sentence in which backticks mark names and commands, and commands to copy. */
export interface NextStep {
  readonly text: string
  readonly commands?: RunReport['undo']
}

/** What to do now, in order. The page, the annotation and the terminal all show these and no others. */
export function nextSteps(report: RunReport): NextStep[] {
  const said = (report.failure?.remedy ?? []).map((text): NextStep => ({ text }))
  switch (report.outcome) {
    case 'needs-operator':
      return [...said, ...putInOrder(report)]
    case 'unknown':
      return [...said, ...findOut(report)]
    case 'restored':
      return [...said, ...tryAnother(report)]
    default:
      return said
  }
}

function putInOrder(report: RunReport): NextStep[] {
  const stuck = hostsIn(report, 'needs-operator', 'unknown')
  if (stuck.length === 0 && report.hosts.length > 0) return []
  const mine = report.undo.filter(({ host }) => stuck.length === 0 || stuck.some(({ name }) => name === host))
  const back = report.from === '' ? '' : ` to \`${report.from}\``
  const untold = stuck.filter(({ name }) => !report.steps.some(step => step.host === name && says(step)))
  const output = untold.flatMap(outputOf)
  return [
    ...(output.length > 0 ? [{ text: 'See what it stumbled over:', commands: output }] : []),
    ...(mine.length > 0
      ? [
          {
            text: `Mend what kept ${hostNames(mine.map(({ host }) => host))} from going back${back}, and let it try again; this gives its lock back, too:`,
            commands: mine,
          },
        ]
      : []),
    {
      text: `Or put everything right by hand, and give the lock back with \`operation: unlock\` and \`run-id: ${report.run}\`.`,
    },
  ]
}

/** A step that tells on this page why it did not pass. */
const says = ({ status, output }: RunReport['steps'][number]): boolean =>
  status !== 'passed' && output.length > 0

/** Where the steps of the run left what they printed. */
const outputOf = ({ name, runFolder }: HostReport): { host: string; command: string }[] =>
  runFolder === undefined ? [] : [{ host: name, command: `tail -n 20 ${runFolder}/out/*` }]

function findOut(report: RunReport): NextStep[] {
  const lost = hostsIn(report, 'unknown').map(({ name }) => name)
  const mine = report.undo.filter(({ host }) => lost.includes(host))
  const where = lost.length === 0 ? 'each host' : hostNames(lost)
  return [
    { text: `Run \`operation: status\`: it reads from ${where} what happened there, and changes nothing.` },
    ...(report.from === '' || report.to === '' ? [] : whatThen(report)),
    ...(mine.length > 0
      ? [{ text: 'No way to it but its console? There, by hand, this goes back:', commands: mine }]
      : []),
  ]
}

/** What to do with each answer that `status` can give. */
function whatThen({ from, to, run, operation, hosts }: RunReport): NextStep[] {
  const undo =
    operation === 'undo' ? '' : ` To go back to \`${from}\`: \`operation: undo\` with \`run-id: ${run}\`.`
  const there = 'Then it is over, and not confirmed: look whether it serves.'
  if (hosts.length === 1) {
    return [
      { text: `It is on \`${to}\`? ${there}${undo}` },
      { text: `It is on \`${from}\`? Then it is where it was: run this again.` },
    ]
  }
  return [
    { text: `Every host is on \`${to}\`? ${there}${undo}` },
    {
      text: `The hosts differ? Bring them together: \`operation: rollback\` with \`target: ${from}\` or \`target: ${to}\`. Hosts that are there already stay as they are.`,
    },
  ]
}

function tryAnother({ alternatives = [], diagnosis, operation, failure }: RunReport): NextStep[] {
  const [first, ...others] = alternatives
  const more = others.length > 0 ? ` (or ${others.map(name => `\`${name}\``).join(', ')})` : ''
  return [
    ...(first !== undefined && operation === 'rollback' && failure?.code !== 'RB-CANCELLED'
      ? [{ text: `Try another release: run again with \`target: ${first}\`${more}.` }]
      : []),
    ...(diagnosis.length > 0
      ? [{ text: 'Read the diagnosis below: it was taken before anything was put back.' }]
      : []),
  ]
}
