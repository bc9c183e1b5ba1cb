import { pathOrUrlProblem, urlProblem } from '../check/http.ts'
import type { Host } from '../host/host.ts'
import { shownGiven } from '../runbook/given.ts'
import { readHost, twin } from '../runbook/hosts.ts'
import { nameProblem } from '../runbook/names.ts'
import { pathProblem } from '../runbook/paths.ts'
import { serviceProblem } from '../service/compose-names.ts'
import { unitProblem } from '../service/systemd.ts'
import type { Complain, Inputs } from './bad-input.ts'
import { linesOf } from './lines.ts'
import type { InputsSource } from './request.ts'

/** Reads the inputs that describe a set-up without a runbook; `hosts` is known to be there. */
export function inputsSource(raw: Inputs, complain: Complain): InputsSource {
  const checked = (name: string, problem: (text: string) => string | undefined): string | undefined => {
    const text = raw[name]?.trim() || undefined
    const wrong = text === undefined ? undefined : problem(text)
    if (wrong !== undefined) complain(name, `Given ${shownGiven(text)}. ${wrong}`)
    return text
  }
  const lines = (name: string, problem: (text: string) => string | undefined): readonly string[] => {
    const all = linesOf(raw[name] ?? '')
    all.forEach((line, at) => {
      const wrong = all.indexOf(line) < at ? 'It is here for the second time.' : problem(line)
      if (wrong !== undefined) complain(name, `Line ${at + 1}: given ${shownGiven(line)}. ${wrong}`)
    })
    return all
  }

  const path = checked('path', folderProblem)
  const compose = checked('compose', pathProblem)
  const services = lines('services', serviceProblem)
  if (path === undefined && compose === undefined) {
    complain(
      'path',
      'It is missing. Expected the folder on the hosts with releases/ and current, such as /var/www/app.',
    )
  }
  if (path !== undefined && compose !== undefined)
    complain('compose', 'Give either path or compose, not both.')
  if (services.length > 0 && compose === undefined)
    complain('services', 'They belong to compose, which is empty.')
  if (services.length === 0 && compose !== undefined && path === undefined)
    complain('services', 'They are missing. Expected the services of compose that go back, one a line.')

  const folder = (path ?? compose ?? '').split('/').at(-1) ?? ''
  const named = checked('app', nameProblem)
  if (named === undefined && folder !== '' && nameProblem(folder) !== undefined) {
    complain(
      'app',
      `It is missing, and ${shownGiven(folder)} cannot serve as a name. Give the app a name, such as shop.`,
    )
  }

  const url = checked('url', text => urlProblem(text))
  const smoke = lines('smoke', pathOrUrlProblem)
  const relative = url === undefined ? smoke.find(each => each.startsWith('/')) : undefined
  if (relative !== undefined) {
    complain(
      'smoke',
      `${shownGiven(relative)} is a path, and "url" is empty. Give url, or write the whole URL.`,
    )
  }
  return {
    kind: 'inputs',
    app: named ?? folder,
    url,
    hosts: hostsFrom(raw.hosts ?? '', complain),
    path,
    compose,
    services,
    reload: lines('reload', unitProblem),
    smoke,
  }
}

function folderProblem(text: string): string | undefined {
  const inside = /^(\/.+)\/(current|releases)\/*$/.exec(text)
  return inside === null ? pathProblem(text) : `Expected the folder around ${inside[2]}: ${inside[1]}.`
}

function hostsFrom(text: string, complain: Complain): readonly Host[] {
  const hosts: Host[] = []
  for (const [at, line] of linesOf(text).entries()) {
    const say = (message: string) => complain('hosts', `Line ${at + 1}: ${message}`)
    const host = readHost(line)
    if (typeof host === 'string') {
      say(host)
    } else if (hosts.some(({ name }) => name === host.name)) {
      const address = line.replace(/^[^=]*=/, '')
      say(`There is a host ${host.name} already. Put another name in front, such as web-${at + 1}=${address}`)
    } else {
      hosts.push(host)
      const other = twin(hosts)
      if (other !== undefined) say(`This is the same machine and user as ${other.name}. Keep one of the two.`)
    }
  }
  return hosts
}
