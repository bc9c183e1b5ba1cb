import { Refusal } from '../refusal.ts'
import type { Seen } from '../release/facts.ts'
import { type Edit, editFor } from './images-edit.ts'
import { OddLine } from './images-line.ts'
import { type Project, readProject } from './images-reader.ts'
import { splitReference } from './images-reference.ts'
import type { Running, Wanted } from './images-target.ts'

/** The Compose project can't be worked with as it is. */
class ComposeUnfit extends Refusal {
  readonly code = 'RB-COMPOSE'
}

/** Nothing tells which characters of which file decide what a service runs. */
class ImageLineUnclear extends Refusal {
  readonly code = 'RB-IMAGE-LINE'
}

/** What runs is not what the files say: a way back would lead to neither of the two. */
class ImagesDiffer extends Refusal {
  readonly code = 'RB-IMAGES-DIFFER'
}

/** What the runbook says of a project. */
export interface ImagesValue {
  readonly compose: string
  readonly file?: string | undefined
  readonly services: readonly string[]
  readonly roll: boolean
}

/** `up --wait-timeout`, and the way in which it mends a recreation that was cut in the middle. */
const OLDEST = [2, 17] as const

const PROBLEMS: Readonly<Record<string, readonly [string, string]>> = {
  'no-docker': ['docker is not on this host', 'Install Docker and its Compose plugin, or correct `hosts`.'],
  'no-compose': [
    'docker compose is not on this host',
    'Install the Compose plugin: `apt-get install docker-compose-plugin`.',
  ],
  'only-v1': [
    'only docker-compose 1 is on this host, which has had no mends since 2023',
    'Install Compose 2 beside it: `apt-get install docker-compose-plugin`; it takes the same files.',
  ],
  'no-folder': ['there is no such folder, or it may not be read', 'Correct `compose` in the runbook.'],
  'no-file': ['there is no Compose file in it', 'Name it with `file`, or correct `compose`.'],
  'no-engine': [
    'the engine does not answer',
    'Look there: `docker version`. A user who may not talk to it needs the group docker: `sudo usermod -aG docker USER`.',
  ],
  'compose-file': [
    '`.env` sets COMPOSE_FILE, so that several files make the project',
    'Name the one that has the image lines with `file`, if it can stand alone.',
  ],
  'too-long': ['its Compose file is longer than 1 MiB', 'Name another one with `file`.'],
  unreadable: ['its Compose file may not be read', 'Give the user of the rollback the right to read it.'],
  'not-text': ['its Compose file is not UTF-8', 'Save it as UTF-8.'],
  config: ['Compose can not read it', 'Look there: `docker compose config`.'],
}

/** What the host said of the project. @throws ComposeUnfit */
export function projectOf({ compose, services }: ImagesValue, seen: Seen): Project {
  const project = readProject(seen.answer)
  const refuse = (why: string, remedy: string): never => {
    throw new ComposeUnfit(`${compose} on ${seen.host}: ${why}. Nothing was changed.`, [remedy])
  }
  if (project.problem) {
    const { word, said } = project.problem
    const [why, remedy] = PROBLEMS[word] ?? [
      'nothing was heard of it',
      `Look there: \`cd ${compose} && docker compose config\``,
    ]
    refuse(said ? `${why} (${said.slice(0, 300)})` : why, remedy)
  }
  const [major = 0, minor = 0] = project.version.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    refuse(
      `Compose ${project.version} is too old`,
      `It takes ${OLDEST.join('.')}: \`apt-get install --only-upgrade docker-compose-plugin\``,
    )
  for (const service of services) {
    if (!project.images.has(service))
      refuse(
        `Compose knows no service ${service} with an image there`,
        `It knows: ${[...project.images.keys()].join(', ') || 'none'}. Correct \`services\`.`,
      )
    if ((project.containers.get(service) ?? []).length === 0)
      refuse(
        `${service} has no container in the project ${project.name}, so that nothing tells what to come back to`,
        'Was it started under another name? `docker compose ls` says so; give the project that name with `name:` in its Compose file.',
      )
  }
  return project
}

/** Each service as it runs. @throws ImagesDiffer, ComposeUnfit */
export function runningIn(project: Project, value: ImagesValue, host: string): Running[] {
  return value.services.map(service => {
    const said = project.images.get(service) ?? ''
    const reference = splitReference(said)
    if (!reference) throw new ImageLineUnclear(`${service} runs ${said}, which is no name of an image.`, [])
    const containers = project.containers.get(service) ?? []
    const others = [...new Set(containers.map(each => each.reference))].filter(each => each !== said)
    const ids = [...new Set(containers.map(({ image }) => image))]
    if (others.length > 0 || ids.length > 1)
      throw new ImagesDiffer(
        `${service} on ${host} runs ${others[0] ?? ids.map(id => id.slice(0, 19)).join(' and ')}, and ${value.compose} says ${said}: a way back would lead to neither. Nothing was changed.`,
        [
          `Bring the two together first: write what runs into the file, or let it run what the file says: \`cd ${value.compose} && docker compose up -d --no-deps ${service}\``,
        ],
      )
    return {
      service,
      reference,
      id: ids[0] ?? '',
      containers: containers.length,
      known: project.known.get(service) ?? [],
    }
  })
}

/** What keeps services from being rolled, one container beside the other. @throws ComposeUnfit */
export function refuseUnrollable(project: Project, { services, compose }: ImagesValue, host: string): void {
  const stuck = services.flatMap(service => (project.fixed.get(service) ?? []).map(what => [service, what]))
  if (stuck.length === 0) return
  throw new ComposeUnfit(
    `${compose} on ${host}: two containers of one service can't stand side by side as long as they have a name or ports of their own. Nothing was changed.`,
    [
      'Take `roll: true` out of the runbook, or let a proxy have the ports, and take these out of the Compose file.',
    ],
    { head: ['service', 'has'], rows: stuck },
  )
}

/** What is written so that other images run. */
export interface Rewrite {
  /** In the order of the files and of the places in them. */
  readonly edits: readonly Edit[]
  /** By service: what Compose will make of its image line. */
  readonly images: ReadonlyMap<string, string>
}

/** The bytes that change so that every service runs what is wanted. @throws ImageLineUnclear */
export function rewriteFor(project: Project, wanted: readonly Wanted[], { compose }: ImagesValue): Rewrite {
  const edits = new Map<string, Edit>()
  const images = new Map<string, string>()
  for (const { service, references } of wanted) {
    const now = project.images.get(service) ?? ''
    images.set(service, now)
    if (references.includes(now)) continue
    const { edit, to } = orRefuse(() => editFor(project, service, now, references))
    images.set(service, to)
    const key = `${edit.file} ${edit.offset}`
    const same = edits.get(key)
    if (same && same.after !== edit.after)
      throw new ImageLineUnclear(
        `In ${compose}, one place in ${edit.file} says the version of several services, and they would go to different ones: ${same.after} and ${edit.after}. Nothing was changed.`,
        ['Give one tag for all of them as `target`.'],
      )
    edits.set(key, edit)
  }
  const sorted = [...edits.values()].toSorted(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.offset - b.offset,
  )
  return { edits: sorted, images }
}

function orRefuse<T>(find: () => T): T {
  try {
    return find()
  } catch (error) {
    if (!(error instanceof OddLine)) throw error
    throw new ImageLineUnclear(`${error.message}. Nothing was changed.`, [
      'Write the image of the service as one word, such as `image: app:1.4`; or with a variable in place of 1.4 that `.env` sets.',
    ])
  }
}
