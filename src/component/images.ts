import * as v from 'valibot'
import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { flag, list, map, textOf } from '../kind/shape.ts'
import type { Seen } from '../release/facts.ts'
import { pathProblem } from '../runbook/paths.ts'
import { fileProblem, serviceProblem } from '../service/compose-names.ts'
import { projectOf, refuseUnrollable, rewriteFor, runningIn } from './images-project.ts'
import { imagesShown } from './images-status.ts'
import { imagesOf, liveImages, type Running, resolveImages } from './images-target.ts'

const value = map({
  compose: textOf('Expected the absolute path of a Compose project, such as /srv/app.', pathProblem),
  file: v.optional(textOf('Expected the name of a Compose file.', fileProblem)),
  services: v.pipe(
    list(
      textOf('Expected the name of a service.', serviceProblem),
      'Expected a list of services, such as [web].',
      20,
    ),
    v.check(names => new Set(names).size === names.length, 'A service stands there twice.'),
  ),
  roll: v.optional(flag, false),
})

type ImagesItem = ItemOf<typeof value>

const runningOn = ({ value }: ImagesItem, seen: Seen): Running[] =>
  runningIn(projectOf(value, seen), value, seen.host)

const lines = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map(row => row.join(' ')).join('\n')

export const images = {
  name: 'images',
  phases: ['switch'],
  value,
  options: {},
  says: 'Goes back to other images of Compose services, all as one; the tag changes where it is written.',
  title({ value: { services, compose } }: ImagesItem) {
    return `images of ${services.join(', ')} in ${compose}`
  },
  onHost: {
    shell: [
      new URL('../service/compose-engine.sh', import.meta.url),
      new URL('./images-files.sh', import.meta.url),
      new URL('./images-roll.sh', import.meta.url),
      new URL('./images.sh', import.meta.url),
    ],
    // Containers take longer to stop, start and be healthy than a link takes to be renamed.
    timeout: () => 180,
    steps: (_, { data }) => [{ data }],
    back: ({ before = '' }) =>
      `write the bytes that were there, and start ${before
        .split('\n')
        .map(line => line.split(' ')[2])
        .join(', ')} again`,
    followUps: ({ before = '' }, { run, ended }) =>
      ended === 'back'
        ? []
        : [
            `The images that were left keep the names \`rollbook-keep/…:${run}\` (${before
              .split('\n')
              .map(line => line.split(' ')[0])
              .join(
                ', ',
              )}), so that no clean-up takes them. \`operation: prune\` gives them free when five newer runs have theirs.`,
          ],
  },
  leaves: () => ({ shell: new URL('../leaving/kept-images.sh', import.meta.url), about: [] }),
  component: {
    question: ({ value: { compose, file, services } }: ImagesItem) => ({
      shell: new URL('./images-probe.sh', import.meta.url),
      ask: 'probe_images',
      about: [compose, file ?? '', ...(services ?? [])],
    }),
    shows: ({ value }: ImagesItem, seen) => imagesShown(value, seen),
    live: (item: ImagesItem, seen) => liveImages(runningOn(item, seen)),
    identity({ value }: ImagesItem, seen) {
      const project = projectOf(value, seen)
      const services = runningIn(project, value, seen.host).map(({ service, id, containers }) => [
        `service ${service}`,
        `${id} ×${containers}, ${project.images.get(service) ?? ''}`,
      ])
      const files = project.files.map(({ name, sha256 }) => [`${value.compose}/${name}`, sha256])
      return Object.fromEntries([...services, ...files, [`${value.compose}/.env`, project.envSha256 ?? '']])
    },
    resolve(item: ImagesItem, seen, target) {
      const project = projectOf(item.value, seen)
      const running = runningIn(project, item.value, seen.host)
      if (item.value.roll) refuseUnrollable(project, item.value, seen.host)
      const choice = resolveImages(running, seen.ledger, target, seen.host)
      // Where nothing tells what to write there is no way, and it is better to know now.
      rewriteFor(project, imagesOf(running, choice.to, seen.host), item.value)
      return choice
    },
    data({ value }: ImagesItem, seen, choice) {
      const project = projectOf(value, seen)
      const running = runningIn(project, value, seen.host)
      const wanted = imagesOf(running, choice.to, seen.host)
      const { edits, images: said } = rewriteFor(project, wanted, value)
      const sums = new Map([
        ...project.files.map(({ name, sha256 }) => [name, sha256] as const),
        ...(project.envSha256 ? [['.env', project.envSha256] as const] : []),
      ])
      const touched = [...new Set(edits.map(({ file }) => file))]
      return {
        folder: value.compose,
        file: value.file ?? '',
        project: project.name,
        services: value.services.join(' '),
        // What is there now, what stands there instead, and how the whole file can be known again.
        edits: lines(edits.map(edit => [edit.file, edit.offset, edit.before, edit.after])),
        sums: lines(touched.map(file => [file, sums.get(file) ?? '-'])),
        before: lines(
          running.map(each => [
            each.service,
            each.id,
            project.images.get(each.service) ?? '',
            each.containers,
          ]),
        ),
        after: lines(wanted.map(({ service, id }) => [service, id ?? '-', said.get(service) ?? ''])),
        roll: value.roll ? 'yes' : '',
      }
    },
  },
} as const satisfies Kind
