// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are what Compose reads.

import { createServer, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listen } from '../support/listen.ts'
import type { ActionRun } from '../support/runner.ts'
import { buildImage, removeImages } from './compose/images.ts'
import { allowDeploy, ENGINE, newProject, ownLabels, type Project } from './compose/project.ts'
import { proxiedFile } from './compose/proxied.ts'
import { startRegistry } from './compose/registry.ts'
import { docker } from './hosts/docker.ts'
import { type Fleet, startHosts } from './hosts/hosts.ts'
import { runOn } from './hosts/run-on.ts'
import { must } from './laravel/must.ts'
import { startLoad } from './load.ts'

let fleet: Fleet<['app']>
let project: Project
let port: number

beforeAll(async () => {
  fleet = await startHosts(['app'], ENGINE)
  await allowDeploy(fleet[0])
})
afterAll(async () => {
  await fleet?.[Symbol.asyncDispose]()
})

const freePort = async (): Promise<number> => {
  const server = createServer()
  const free = await listen(server)
  await new Promise(done => server.close(done))
  return free
}

beforeEach(async () => {
  await fleet[0].run('rm -rf /home/deploy/.rollbook')
  project = await newProject(fleet[0])
  port = await freePort()
  for (const repository of [project.backend, project.frontend])
    for (const version of ['1.0', '1.1', '1.2']) await buildImage(repository, version)
})
afterEach(async () => {
  await project?.[Symbol.asyncDispose]()
  await removeImages('rollbook-keep/backend', 'rollbook-keep/frontend', 'rollbook-keep/web')
})

/** The Compose file of the story: one tag in `.env`, one written where it is used, comments, and a secret. */
const composeFile = (backend: string, frontend: string): string => `# The shop. Mei, 2024: do not reformat!
name: ${project.name}
services:
  backend:
    image: ${backend}   # what the api runs
    init: true
    environment: { DATABASE_URL: "postgres://shop:\${PASSWORD}@db/shop" }
    ports: ["127.0.0.1:${port}:80"]
${ownLabels()}
  frontend:
    image:   ${frontend}
    init: true
${ownLabels()}
`

const deploy = async (text: string, env = 'PASSWORD=s3cr3t-needle\n# keep\nTAG=1.1\n'): Promise<void> => {
  await project.write('docker-compose.yml', text)
  await project.write('.env', env)
  await project.run('docker compose up -d --wait --quiet-pull 2>&1')
}

const said = async (): Promise<string> =>
  (await (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) })).text()).trim()

interface Asked {
  readonly images?: string
  readonly verify?: string
  readonly more?: string
}

async function run(
  inputs: Record<string, string> = {},
  asked: Asked = {},
  runbook?: string,
): Promise<ActionRun> {
  return await runOn(
    fleet[0],
    runbook ??
      `app: shop
environments:
  production:
    hosts: { app: "deploy@127.0.0.1:${fleet[0].sshPort}" }
rollbacks:
  image:
    switch:
      - images: { compose: ${project.path}, ${asked.images ?? 'services: [backend, frontend]'} }
${asked.more ?? ''}
    verify:
      - http: ${asked.verify ?? `http://127.0.0.1:${port}/`}
        attempts: 3
        every: 1s
`,
    inputs,
  )
}

const outcome = (went: ActionRun): string => went.outputs.outcome ?? ''
const text = (went: ActionRun): string => [...went.log, went.summary].join('\n')

describe('images of Compose services', () => {
  test('one tag in .env, one in the file: both go back as one, and undo brings every byte and image back', async () => {
    const file = composeFile(`${project.backend}:\${TAG}`, `${project.frontend}:1.1`)
    await deploy(file)
    const env = await project.read('.env')
    const went = await run({ target: '1.0' })
    expect(outcome(went), text(went)).toBe('rolled-back')
    expect(await said()).toBe('1.0')
    expect(await project.containers()).toEqual([
      'backend backend:1.0 running',
      'frontend frontend:1.0 running',
    ])
    expect(await project.read('docker-compose.yml')).toBe(file.replace('frontend:1.1', 'frontend:1.0'))
    expect(await project.read('.env')).toBe(env.replace('TAG=1.1', 'TAG=1.0'))
    expect(text(went)).not.toContain('s3cr3t-needle')
    const kept = await must(fleet[0], 'cat /home/deploy/.rollbook/shop/production/kept-images')
    expect(kept.match(/rollbook-keep\/(backend|frontend):/g)).toHaveLength(2)
    const [, name = ''] = /(rollbook-keep\/backend:\S+)/.exec(kept) ?? []
    const idOf = (image: string) => docker('image', 'inspect', '--format', '{{.Id}}', image)
    expect(await idOf(name)).toBe(await idOf(`${project.backend}:1.1`))

    const back = await run({ operation: 'undo' })
    expect(outcome(back), text(back)).toBe('undone')
    expect(await said()).toBe('1.1')
    expect(await project.read('docker-compose.yml')).toBe(file)
    expect(await project.read('.env')).toBe(env)
    expect(await project.containers()).toEqual([
      'backend backend:1.1 running',
      'frontend frontend:1.1 running',
    ])
  })

  test('a file with a byte order mark, CRLF and a merge key: exactly the one place changes', async () => {
    const lines = [
      `\uFEFFname: ${project.name}`,
      'x-app: &app',
      `  image: "${project.backend}:1.1" # both`,
      '  init: true',
      ownLabels('  '),
      'services:',
      `  backend: { <<: *app, ports: ["127.0.0.1:${port}:80"] }`,
      '  frontend:',
      '    <<: *app',
      '',
    ]
    const file = lines.join('\n').replaceAll('\n', '\r\n')
    await deploy(file, '')
    const alone = await run({ target: '1.0' }, { images: 'services: [backend]' })
    expect(outcome(alone), text(alone)).toBe('refused')
    expect(text(alone)).toContain('another service may take its image from the same place')
    expect(await project.read('docker-compose.yml')).toBe(file)
    expect(await said()).toBe('1.1')

    const both = await run({ target: '1.0' })
    expect(outcome(both), text(both)).toBe('rolled-back')
    expect(await project.read('docker-compose.yml')).toBe(file.replace(':1.1"', ':1.0"'))
    expect(await project.containers()).toEqual([
      'backend backend:1.0 running',
      'frontend backend:1.0 running',
    ])
  })

  test('a .env that is a link stays one; what it leads to is replaced, with its mode', async () => {
    await deploy(composeFile(`${project.backend}:\${TAG:-1.2}`, `${project.frontend}:1.1`))
    await project.run('mkdir shared && mv .env shared/env && chmod 640 shared/env && ln -s shared/env .env')
    const went = await run({ target: '1.0' })
    expect(outcome(went), text(went)).toBe('rolled-back')
    expect(await project.run('readlink .env; stat -c "%a %U" shared/env; ls -A . shared')).toBe(
      'shared/env\n640 deploy\n.:\n.env\ndocker-compose.yml\nshared\n\nshared:\nenv\n',
    )
    expect(await project.read('shared/env')).toContain('TAG=1.0\n')
  })

  test('previous is what the ledger knows; without it, refused with what there is', async () => {
    await deploy(composeFile(`${project.backend}:1.1`, `${project.frontend}:1.1`))
    const guess = await run()
    expect(outcome(guess), text(guess)).toBe('refused')
    expect(guess.outputs.code ?? text(guess)).toContain('RB-IMAGES-UNKNOWN')
    expect(text(guess)).toMatch(/1\.2[\s\S]*1\.1[\s\S]*1\.0/)
    for (const target of ['1.0', '1.1'])
      expect(outcome(await run({ operation: 'record', state: 'good', target }))).toBe('recorded')
    const went = await run()
    expect(outcome(went), text(went)).toBe('rolled-back')
    expect(await said()).toBe('1.0')
    const latest = await run({ target: 'latest' })
    expect(outcome(latest), text(latest)).toBe('refused')
    expect(text(latest)).toContain('RB-IMAGE-MUTABLE')
  })

  test('an image that is nowhere: refused before anything is touched, naming what there is; a silent registry costs its time and no more', async () => {
    const silent: Server = createServer(() => {})
    const registry = await listen(silent)
    const app = `127.0.0.1:${registry}/${project.backend}`
    for (const version of ['1.0', '1.1'])
      await docker('tag', `${project.backend}:${version}`, `${app}:${version}`)
    try {
      await deploy(composeFile(`${app}:1.1`, `${app}:1.1`))
      const before = await project.run('docker compose ps --quiet')
      const went = await run({ target: '9.9' }, { more: '        timeout: 6s' })
      expect(outcome(went), text(went)).toBe('refused')
      expect(text(went)).toMatch(/can not be pulled[\s\S]*1\.1 [\s\S]*1\.0 /)
      expect(await project.run('docker compose ps --quiet')).toBe(before)
      expect(await project.read('docker-compose.yml')).toContain(`${app}:1.1`)
    } finally {
      silent.close()
      await removeImages(`127.0.0.1:${registry}/`)
    }
  })

  test('an image that only the registry has is pulled before anything is touched; undo goes back without it', async () => {
    const registry = await startRegistry()
    try {
      const app = await registry.keep(project.backend, '1.0', '1.1')
      await deploy(composeFile(`${app}:\${TAG}`, `${project.frontend}:1.1`))
      expect(await docker('image', 'ls', '--quiet', `${app}:1.0`)).toBe('')
      const went = await run({ target: '1.0' }, { images: 'services: [backend]' })
      expect(outcome(went), text(went)).toBe('rolled-back')
      expect(await said()).toBe('1.0')
      expect(await project.containers()).toContain(`backend ${registry.name}/backend:1.0 running`)

      await registry[Symbol.asyncDispose]()
      const undone = await run({ operation: 'undo' }, { images: 'services: [backend]' })
      expect(outcome(undone), text(undone)).toBe('undone')
      expect(await said()).toBe('1.1')
    } finally {
      await removeImages(`${registry.name}/`)
    }
  })

  test.each([
    ['never turns healthy', 'sick'],
    ['dies again and again', 'crashes'],
  ] as const)('a target that %s: everything is as it was', async (_, how) => {
    await buildImage(project.backend, '0.9', how)
    await buildImage(project.frontend, '0.9')
    const file = composeFile(`${project.backend}:\${TAG}`, `${project.frontend}:1.1`).replaceAll(
      'init: true',
      'init: true\n    restart: unless-stopped',
    )
    await deploy(file)
    const went = await run({ target: '0.9' })
    expect(outcome(went), text(went)).toBe('restored')
    expect(await said()).toBe('1.1')
    expect(await project.read('docker-compose.yml')).toBe(file)
    expect(await project.read('.env')).toContain('TAG=1.1')
    expect(await project.containers()).toEqual([
      'backend backend:1.1 running',
      'frontend frontend:1.1 running',
    ])
  })

  test('its port is taken meanwhile: back to the files as they were, and nothing worse than before', async () => {
    const file = composeFile(`${project.backend}:1.1`, `${project.frontend}:1.1`)
    await deploy(file)
    await project.run('docker compose stop backend 2>&1')
    const squatter = createServer(socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
    await new Promise<void>(done => squatter.listen(port, '127.0.0.1', done))
    try {
      const went = await run({ target: '1.0' })
      expect(outcome(went), text(went)).toBe('restored')
      expect(text(went)).toMatch(/already allocated|already in use/)
      expect(await project.read('docker-compose.yml')).toBe(file)
    } finally {
      squatter.close()
    }
  })

  test('an image that goes between the look and the switch: restored, and nothing is pulled', async () => {
    const file = composeFile(`${project.backend}:1.1`, `${project.frontend}:1.1`)
    await deploy(file)
    const went = await run(
      { target: '1.0' },
      { more: `    stop:\n      - run: docker image rm ${project.frontend}:1.0` },
    )
    expect(outcome(went), text(went)).toBe('restored')
    expect(await said()).toBe('1.1')
    expect(await project.read('docker-compose.yml')).toBe(file)
    expect(await project.containers()).toEqual([
      'backend backend:1.1 running',
      'frontend frontend:1.1 running',
    ])
  })

  test('Compose is killed with two containers in its hands: one service, one container, the image that was there', async () => {
    await deploy(composeFile(`${project.backend}:\${TAG}`, `${project.frontend}:1.1`))
    const killed = fleet[0].run(
      `for turn in $(seq 1 3000); do
  docker ps --all --filter label=com.docker.compose.project=${project.name} --format '{{.Names}}' | grep -qE '^[0-9a-f]{12}_' || continue
  pkill -KILL -x docker-compose && exit 0
done
exit 1`,
    )
    const went = await run({ target: '1.0' })
    expect(await killed).toMatchObject({ code: 0 })
    expect(outcome(went), text(went)).toBe('restored')
    expect(await said()).toBe('1.1')
    expect(await project.containers()).toEqual([
      'backend backend:1.1 running',
      'frontend frontend:1.1 running',
    ])
  })

  test('Compose 1 alone is refused, with what to install', async () => {
    await deploy(composeFile(`${project.backend}:1.1`, `${project.frontend}:1.1`))
    const plugin = '/usr/libexec/docker/cli-plugins/docker-compose'
    await must(
      fleet[0],
      `mv ${plugin} /root/plugin; printf '#!/bin/sh\necho 1.29.2\n' >/usr/local/bin/docker-compose; chmod 755 /usr/local/bin/docker-compose`,
    )
    try {
      const went = await run({ target: '1.0' })
      expect(outcome(went), text(went)).toBe('refused')
      expect(text(went)).toContain('only docker-compose 1 is on this host')
      expect(text(went)).toContain('docker-compose-plugin')
    } finally {
      await must(fleet[0], `mv /root/plugin ${plugin}; rm /usr/local/bin/docker-compose`)
    }
  })

  test('behind a proxy, roll: true: there and back under a constant load, and not one request fails', async () => {
    const file = proxiedFile(project, `${project.backend}:1.1`, port)
    await deploy(file, '')
    await expect.poll(said, { timeout: 20_000 }).toBe('1.1')
    const load = startLoad(`http://127.0.0.1:${port}/`)
    const went = await run({ target: '1.0' }, { images: 'services: [web], roll: true' })
    expect(outcome(went), text(went)).toBe('rolled-back')
    const back = await run({ operation: 'undo' })
    expect(outcome(back), text(back)).toBe('undone')
    const { requests, failures, seen } = await load.stop()
    expect(failures).toEqual([])
    expect(requests).toBeGreaterThan(100)
    expect(seen.slice(0, 2)).toEqual(['1.1', '1.0'])
    expect(await said()).toBe('1.1')
    expect(await project.read('docker-compose.yml')).toBe(file)
    expect((await project.containers()).filter(row => row.startsWith('web'))).toEqual([
      'web backend:1.1 running',
    ])

    await buildImage(project.backend, '0.9', 'sick')
    const again = startLoad(`http://127.0.0.1:${port}/`)
    const sick = await run({ target: '0.9' }, { images: 'services: [web], roll: true' })
    expect(outcome(sick), text(sick)).toBe('restored')
    expect((await again.stop()).failures).toEqual([])
    expect((await project.containers()).filter(row => row.startsWith('web'))).toEqual([
      'web backend:1.1 running',
    ])
  })

  test('a service with a port of its own can not be rolled: refused', async () => {
    await deploy(composeFile(`${project.backend}:1.1`, `${project.frontend}:1.1`))
    const went = await run({ target: '1.0' }, { images: 'services: [backend], roll: true' })
    expect(outcome(went), text(went)).toBe('refused')
    expect(text(went)).toContain('side by side')
  })
})

describe('services of a Compose project', () => {
  const rollback = (phases: string) => `app: shop
environments:
  production:
    hosts: { app: "deploy@127.0.0.1:${fleet[0].sshPort}" }
rollbacks:
  settings:
${phases}
`
  const setting = () => `    switch:
      - run: sed -i s/new/old/ .env
        undo: sed -i s/old/new/ .env
        in: ${project.path}
`
  const file = () =>
    `${composeFile(`${project.backend}:1.1`, `${project.frontend}:1.1`)
      .replace('init: true', 'init: true\n    environment: { MODE: "${MODE}" }')
      .replace(/ {4}environment: { DATABASE_URL.*\n/, '')}`
  const go = (phases: string, inputs: Record<string, string> = {}) =>
    run({ target: 'settings', ...inputs }, {}, rollback(phases))
  const started = async () =>
    (await project.run(`docker inspect --format '{{.Name}} {{.State.StartedAt}}' $(docker compose ps -q)`))
      .trim()
      .split('\n')
      .sort()
  const mode = () => project.run('docker compose exec -T backend /bin/busybox env | grep ^MODE=')

  test('restart: what has other settings is made anew, the rest restarted, and all of it again on the way back', async () => {
    await deploy(file(), 'MODE=new\nPASSWORD=x\n')
    const before = await started()
    const went = await go(
      `${setting()}    start:\n      - compose: { path: ${project.path}, restart: [backend, frontend] }`,
    )
    expect(outcome(went), text(went)).toBe('rolled-back')
    expect(await mode()).toBe('MODE=old\n')
    for (const [at, line] of (await started()).entries()) expect(line).not.toBe(before[at])
    const back = await go(setting(), { operation: 'undo', target: 'previous' })
    expect(outcome(back), text(back)).toBe('undone')
    expect(await mode()).toBe('MODE=new\n')
  })

  test('stop and start: stopped while it is switched, and healthy before anyone looks', async () => {
    await deploy(file(), 'MODE=new\nPASSWORD=x\n')
    const went = await go(`    stop:
      - compose: { path: ${project.path}, stop: [backend] }
    switch:
      - run: docker compose ps --all --format '{{.Service}} {{.State}}' >states
        undo: ":"
        in: ${project.path}
    start:
      - compose: { path: ${project.path}, start: [backend] }`)
    expect(outcome(went), text(went)).toBe('rolled-back')
    expect(await project.read('states')).toContain('backend exited')
    expect(await said()).toBe('1.1')
  })

  test('build: what is checked out is what runs; a build that fails leaves the running one alone', async () => {
    await project.write('Dockerfile', `FROM ${project.backend}:1.1\nCOPY index.html /www/index.html\n`)
    await project.write('index.html', 'new\n')
    await deploy(
      file().replace(`image: ${project.backend}:1.1`, `image: ${project.backend}:built\n    build: .`),
      'MODE=x\nPASSWORD=x\n',
    )
    expect(await said()).toBe('new')
    const switching = (script: string) => `    switch:
      - run: ${script}
        undo: "echo new >index.html"
        in: ${project.path}
    start:
      - compose: { path: ${project.path}, build: [backend] }`
    const image = () => project.run('docker inspect --format "{{.Image}}" $(docker compose ps -q backend)')
    const before = await image()
    const went = await go(switching('echo old >index.html'))
    expect(outcome(went), text(went)).toBe('rolled-back')
    expect(await said()).toBe('old')
    // The way back builds nothing: what ran was kept.
    await project.run('mv Dockerfile Dockerfile.gone')
    const back = await go(switching('echo old >index.html'), { operation: 'undo', target: 'previous' })
    expect(outcome(back), text(back)).toBe('undone')
    expect([await said(), await image()]).toEqual(['new', before])
    await project.run('mv Dockerfile.gone Dockerfile')
    const broken = await go(switching('rm index.html'))
    expect(outcome(broken), text(broken)).toBe('restored')
    expect([await said(), await image()]).toEqual(['new', before])
  })

  test('a service that is not there, or a verb in the wrong place, is refused before anything is touched', async () => {
    await deploy(file(), 'MODE=new\nPASSWORD=x\n')
    const unknown = await go(
      `${setting()}    start:\n      - compose: { path: ${project.path}, restart: [bakcend] }`,
    )
    expect(outcome(unknown), text(unknown)).toBe('refused')
    expect(text(unknown)).toContain('has no service bakcend')
    const wrong = await go(
      `${setting()}    start:\n      - compose: { path: ${project.path}, stop: [backend] }`,
    )
    expect(text(wrong)).toContain('A service that is stopped in start stays stopped')
    expect(await project.read('.env')).toContain('MODE=new')
  })
})
