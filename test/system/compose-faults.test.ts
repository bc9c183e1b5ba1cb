// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are what Compose reads.

import { chmod } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Folder, makeFolder } from '../support/folder.ts'
import type { ActionRun } from '../support/runner.ts'
import { type Engine, startEngine } from './compose/engine.ts'
import { buildImage } from './compose/images.ts'
import { allowDeploy, newProject, ownLabels, type Project } from './compose/project.ts'
import { type Fleet, startHosts } from './hosts/hosts.ts'
import { runOn } from './hosts/run-on.ts'
import { must } from './laravel/must.ts'

// What becomes of a rollback of images when something breaks in the middle of it: each ends in an outcome that says so,
// with every file, image and container that was there. The engine is one of our own, because it is ended in some of them.

const MOUNT = '/mnt/engine'

let engine: Engine
let fleet: Fleet<['app']>
let project: Project
let folder: Folder

beforeAll(async () => {
  folder = await makeFolder('rb-engine')
  await chmod(folder.path, 0o755)
  fleet = await startHosts(['app'], ['--volume', `${folder.path}:${MOUNT}`])
  engine = await startEngine(fleet[0], folder.path)
  await must(fleet[0], `ln -sfn ${MOUNT}/docker.sock /run/docker.sock; systemctl stop nginx`)
  await allowDeploy(fleet[0])
})
afterAll(async () => {
  await engine?.[Symbol.asyncDispose]()
  await fleet?.[Symbol.asyncDispose]()
  await folder?.[Symbol.asyncDispose]()
})

beforeEach(async () => {
  await fleet[0].run('rm -rf /home/deploy/.rollbook')
  project = await newProject(fleet[0])
  for (const repository of [project.backend, project.frontend])
    for (const version of ['1.0', '1.1']) await buildImage(repository, version)
})
afterEach(async () => {
  if (!project) return
  const ours = await project.run(
    `docker ps --all --quiet --filter label=com.docker.compose.project=${project.name}`,
  )
  if (ours.trim() !== '') await project.run(`docker rm --force ${ours.trim().split('\n').join(' ')}`)
  await project[Symbol.asyncDispose]()
})

const composeFile = (backend: string, frontend: string): string => `name: ${project.name}
services:
  backend:
    image: ${backend}
    init: true
    restart: unless-stopped
    ports: ["80:80"]
${ownLabels()}
  frontend:
    image: ${frontend}
    init: true
    restart: unless-stopped
${ownLabels()}
`

/** Writes the project, gives the engine all of its images, and starts it. */
const deploy = async (text: string, env = 'TAG=1.1\n', words = ''): Promise<void> => {
  await engine.load(project.backend, project.frontend)
  await project.write('docker-compose.yml', text)
  await project.write('.env', env)
  await project.run(`docker compose up -d --wait ${words} 2>&1`)
}
const byTag = () => composeFile(`${project.backend}:\${TAG}`, `${project.frontend}:\${TAG}`)

const said = async (): Promise<string> =>
  (
    await (
      await fetch(`http://127.0.0.1:${fleet[0].httpPort}/`, { signal: AbortSignal.timeout(5000) })
    ).text()
  ).trim()

/** `service image state` of each container. */
const containers = async (): Promise<string[]> => {
  const rows = await project.run(
    `docker ps --all --filter label=com.docker.compose.project=${project.name} --format '{{.Label "com.docker.compose.service"}} {{.Image}} {{.State}}'`,
  )
  return rows
    .split('\n')
    .filter(Boolean)
    .map(row => row.replaceAll(`${project.name}-`, ''))
    .sort()
}
const BEFORE = ['backend backend:1.1 running', 'frontend frontend:1.1 running']

interface Asked {
  readonly services?: string
  /** Of the step, with the blanks in front of it. */
  readonly timeout?: string
  /** Phases, instead of those of the images. */
  readonly phases?: string
}

async function run(
  inputs: Record<string, string> = {},
  { services = '[backend, frontend]', timeout, phases }: Asked = {},
): Promise<ActionRun> {
  return await runOn(
    fleet[0],
    `app: shop
environments:
  production:
    hosts: { app: "deploy@127.0.0.1:${fleet[0].sshPort}" }
rollbacks:
  image:
${
  phases ??
  `    switch:
      - images: { compose: ${project.path}, services: ${services} }
${timeout === undefined ? '' : `        timeout: ${timeout}\n`}`
}
    verify:
      - http: http://127.0.0.1:${fleet[0].httpPort}/
        attempts: 5
        every: 1s
`,
    inputs,
  )
}

const outcome = (went: ActionRun): string => went.outputs.outcome ?? ''
const text = (went: ActionRun): string => [...went.log, went.summary].join('\n')

/** Waits on the host until the engine has a container in the state that a script for grep looks for. */
const until = (form: string): Promise<unknown> =>
  must(
    fleet[0],
    `for turn in $(seq 1 6000); do
  docker ps --all --filter label=com.docker.compose.project=${project.name} --format '{{.Names}} {{.Image}} {{.Status}}' | grep -qE '${form}' && exit 0
done
exit 1`,
  )

describe('the engine is restarted', () => {
  test.each([
    ['while Compose puts one container in the place of another', '^[0-9a-f]{12}_'],
    ['while it waits for the new ones to be healthy', 'backend:0.9 .*starting'],
  ])('%s: restored, with the images that ran, and each once', async (_, moment) => {
    await buildImage(project.backend, '0.9', 'slow')
    await buildImage(project.frontend, '0.9')
    await deploy(byTag())
    const going = run({ target: '0.9' })
    await until(moment)
    await engine.stop()
    await engine.start()
    const went = await going
    expect(outcome(went), text(went)).toBe('restored')
    expect(await containers()).toEqual(BEFORE)
    expect(await said()).toBe('1.1')
    expect(await project.read('.env')).toBe('TAG=1.1\n')
    expect(await project.run('ls -A')).toBe('.env\ndocker-compose.yml\n')
  })

  test('and stays away: a person is asked, the files are kept, and one command ends it when it is back', async () => {
    await buildImage(project.backend, '0.9', 'slow')
    await buildImage(project.frontend, '0.9')
    await deploy(byTag())
    const going = run({ target: '0.9' })
    await until('backend:0.9 .*starting')
    await engine.stop()
    const went = await going.finally(() => engine.start())
    expect(outcome(went), text(went)).toBe('needs-operator')
    expect(text(went)).toContain('The container engine does not answer')
    const [command = ''] = /\S*\/runs\/\S+\/rollbook undo/.exec(text(went)) ?? []
    const mended = await must(fleet[0], command.replace('~', '/home/deploy'), 'deploy')
    expect(mended).toContain('Done: 1.1 is live')
    expect(await containers()).toEqual(BEFORE)
    expect(await said()).toBe('1.1')
  })
})

describe('a target that does not come up', () => {
  test.each([
    ['whose health is never known, within the time of its step', 'starts for ever', '14s'],
    ['that dies again and again, and has no health check', 'crashes unchecked', undefined],
  ] as const)('%s: restored', async (_, how, timeout) => {
    await buildImage(project.frontend, '0.9', how)
    await buildImage(project.backend, '0.9')
    await deploy(byTag())
    const went = await run({ target: '0.9' }, { ...(timeout && { timeout }) })
    expect(outcome(went), text(went)).toBe('restored')
    expect(text(went)).toMatch(how === 'crashes unchecked' ? /does not stay up/ : /frontend/)
    expect(await containers()).toEqual(BEFORE)
    expect(await project.read('.env')).toBe('TAG=1.1\n')
  })

  test('compose: start of a service that never turns healthy: stopped, put back, started, and healthy again', async () => {
    const check =
      '    healthcheck: { test: ["CMD", "/bin/busybox", "test", "${HEALTH}", "=", "ok"], interval: 1s, start_period: 1h }'
    await deploy(byTag().replace('    ports:', `${check}\n    ports:`), 'TAG=1.1\nHEALTH=ok\n')
    const went = await run(
      { target: 'settings' },
      {
        phases: `    stop:
      - run: docker compose rm --stop --force backend
        in: ${project.path}
    switch:
      - run: sed -i s/HEALTH=ok/HEALTH=bad/ .env
        undo: sed -i s/HEALTH=bad/HEALTH=ok/ .env
        in: ${project.path}
    start:
      - compose: { path: ${project.path}, start: [backend] }
        timeout: 14s`,
      },
    )
    expect(outcome(went), text(went)).toBe('restored')
    expect(await containers()).toEqual(BEFORE)
    expect(await said()).toBe('1.1')
  })
})

describe('what people have made of a project', () => {
  test('a service scaled by hand is as wide afterwards as it was, there and back', async () => {
    await deploy(byTag(), 'TAG=1.1\n', '--scale frontend=3')
    const three = (version: string) => [
      `backend backend:${version} running`,
      ...Array(3).fill(`frontend frontend:${version} running`),
    ]
    expect(await containers()).toEqual(three('1.1'))
    const went = await run({ target: '1.0' })
    expect(outcome(went), text(went)).toBe('rolled-back')
    expect(await containers()).toEqual(three('1.0'))
    const back = await run({ operation: 'undo' })
    expect(outcome(back), text(back)).toBe('undone')
    expect(await containers()).toEqual(three('1.1'))
  })

  test('exported, quoted, set twice, with a comment; a profile; a file of settings that is .env itself; included files', async () => {
    const env = `# keep\nCOMPOSE_PROFILES=shop\nTAG=0.1\nexport TAG="1.1"   # live, ä\nCOMPOSE_PROJECT_NAME=${project.name}\n`
    const file = byTag()
      .replace(/^name: .*\n/, 'include: [more.yml]\n')
      .replace('${TAG}', '${TAG:?say which}')
      .replaceAll('    init: true', '    init: true\n    env_file: .env\n    profiles: [shop]')
    await project.write('more.yml', `services: { idle: { image: "${project.frontend}:1.1", init: true } }\n`)
    await deploy(file, env)
    const went = await run({ target: '1.0' })
    expect(outcome(went), text(went)).toBe('rolled-back')
    expect(await project.read('.env')).toBe(env.replace('"1.1"', '"1.0"'))
    expect(await project.read('docker-compose.yml')).toBe(file)
    expect(await containers()).toEqual([
      'backend backend:1.0 running',
      'frontend frontend:1.0 running',
      'idle frontend:1.1 running',
    ])
  })

  test('a file that Compose can not read is refused, and no value of it is told', async () => {
    await deploy(byTag())
    await project.write(
      'docker-compose.yml',
      byTag().replace(
        '    init: true',
        '    init: true\n    environment: { URL: "postgres://x:s3cr3t-needle${y" }',
      ),
    )
    const went = await run({ target: '1.0' })
    expect(outcome(went), text(went)).toBe('refused')
    expect(text(went)).toContain('invalid interpolation format for services.backend.environment.URL')
    expect(text(went)).not.toContain('s3cr3t')
  })

  test('a user who may not talk to the engine is refused, with what to do', async () => {
    await deploy(byTag())
    const groups = (await must(fleet[0], 'id -Gn deploy')).trim()
    await must(fleet[0], 'usermod --groups "" deploy')
    const went = await run({ target: '1.0' }).finally(() =>
      must(
        fleet[0],
        `usermod --groups ${groups
          .split(' ')
          .filter(each => each !== 'deploy')
          .join(',')} deploy`,
      ),
    )
    expect(outcome(went), text(went)).toBe('refused')
    expect(text(went)).toContain('sudo usermod -aG docker')
    expect(await containers()).toEqual(BEFORE)
  })

  test('two runs at once: one goes, the other is refused or waits its turn, and every service runs one image', async () => {
    await deploy(byTag())
    const both = await Promise.all([run({ target: '1.0' }), run({ target: '1.0' })])
    const outcomes = both.map(outcome).sort()
    expect(outcomes, both.map(text).join('\n')).toEqual(['refused', 'rolled-back'])
    expect(await containers()).toEqual(['backend backend:1.0 running', 'frontend frontend:1.0 running'])
    expect(await project.read('.env')).toBe('TAG=1.0\n')
  })
})
