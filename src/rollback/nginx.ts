import { byHost } from '../report/by-host.ts'
import { linksForPhp, readNginxFiles } from '../serving/nginx-php.ts'
import { askNginx, type Served } from '../serving/question.ts'
import type { Chronicle } from './chronicle.ts'
import type { Looked } from './look.ts'
import type { Plan } from './plan.ts'
import type { KindOf } from './rollback.ts'
import { servedBy } from './serving.ts'

/** What a host said of its nginx, and the links that it is looked through for. */
export interface NginxAnswer {
  readonly host: string
  readonly served: readonly Served[]
  readonly lines: readonly string[]
}

/** Warns of configurations with which PHP keeps what it has read under the name of the link. */
export function tellNginx(answers: readonly NginxAnswer[], chronicle: Chronicle): void {
  const told = answers.flatMap(({ host, served, lines }) => {
    if (lines.length === 0) return []
    const files = readNginxFiles(lines)
    return served
      .flatMap(({ link }) => linksForPhp(files, FOLDER, link))
      .map(({ file, line, parameter }) => [host, nginxWords(file, line, parameter)] as const)
  })
  for (const sentence of byHost(told)) chronicle.warning(sentence)
}

const FOLDER = '/etc/nginx'

/** Asks every host of a plan that would switch a link. */
export async function lookAtNginx(
  looked: readonly Looked[],
  plan: Plan,
  chronicle: Chronicle,
  kindOf: KindOf,
): Promise<void> {
  const answers = await Promise.all(
    plan.hosts.map(async hostPlan => {
      const { host } = hostPlan
      const served = servedBy(hostPlan, kindOf)
      const session = looked.find(({ facts }) => facts.host === host)?.session
      const asked = served.length > 0 ? session?.ask([askNginx(FOLDER)]) : undefined
      return { host, served, lines: (await asked?.catch(() => undefined)) ?? [] }
    }),
  )
  tellNginx(answers, chronicle)
}

const nginxWords = (file: string, line: number, parameter: string): string =>
  `${file} line ${line} gives PHP its paths through the link \`current\` (${parameter}), under which opcache and the realpath cache keep the release that was left. Behind the includes of that location: \`${FIX[parameter] ?? ''}\``

const FIX: Readonly<Record<string, string>> = {
  SCRIPT_FILENAME: 'fastcgi_param SCRIPT_FILENAME $realpath_root$fastcgi_script_name;',
  DOCUMENT_ROOT: 'fastcgi_param DOCUMENT_ROOT $realpath_root;',
}
