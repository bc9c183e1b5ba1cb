// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose reads.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { images } from '../../src/component/images.ts'
import { readProject } from '../../src/component/images-reader.ts'
import { readFacts } from '../../src/release/facts-reader.ts'
import { type Double, idOf, makeDouble } from './compose-double.ts'
import { SHELLS, type Shell } from './shells.ts'
import { compile, makeSite, planFor, RUN, type Site, step } from './site.ts'
import {
  comesTrue,
  commitRun,
  goThere,
  killProgram,
  person,
  prepare,
  record,
  type Talk,
  talkTo,
} from './talk.ts'

const sha = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Nobody may write in a folder any more. For root, who may everywhere, its file system is made read-only. */
function readOnly(folder: string): Disposable {
  const root = process.getuid?.() === 0
  if (root) {
    execFileSync('mount', ['--bind', folder, folder])
    execFileSync('mount', ['-o', 'remount,bind,ro', folder])
  } else chmodSync(folder, 0o500)
  return {
    [Symbol.dispose]() {
      if (root) execFileSync('umount', ['--lazy', folder])
      else chmodSync(folder, 0o700)
    },
  }
}

const at = (text: string, what: string): number => Buffer.byteLength(text.slice(0, text.indexOf(what)))

/** From 1.1 to another version: one byte range in each of the two files. */
function stepTo(double: Double, version = '1.0', more: Record<string, string> = {}) {
  const [file, env] = [double.compose(), double.env()]
  return step(
    1,
    'images',
    'switch',
    {
      folder: double.folder,
      file: '',
      project: 'shop',
      services: 'web worker',
      edits: `.env ${at(env, '1.1')} 1.1 ${version}\ncompose.yml ${at(file, 'shop-worker:1.1')} shop-worker:1.1 shop-worker:${version}`,
      sums: `.env ${sha(env)}\ncompose.yml ${sha(file)}`,
      before: ['web', 'worker'].map(each => `${each} ${idOf(`${each}1.1`)} shop-${each}:1.1 1`).join('\n'),
      after: ['web', 'worker']
        .map(each => `${each} ${idOf(`${each}${version}`)} shop-${each}:${version}`)
        .join('\n'),
      roll: '',
      ...more,
    },
    { timeout: 60 },
  )
}

const talkAs = (site: Site, shell: Shell, double: Double, more: Parameters<typeof talkTo>[2] = {}) =>
  talkTo(site, { ...shell, path: double.path }, more)

const refusedWith = async (talk: Talk, plan: ReturnType<typeof planFor>): Promise<string> => {
  const tape = record()
  await talk.session.start(plan.run, compile(plan), tape)
  expect(await tape.outcome()).toBe('refused')
  return tape.printed.join('\n')
}

describe.concurrent.each(SHELLS)('images of Compose services, under $name', shell => {
  test('go there and come back; every other byte stays, and what ran keeps a name', async () => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    const [file, env] = [double.compose(), double.env()]
    await using talk = await talkAs(site, shell, double)
    await commitRun(talk, planFor(site, { steps: [stepTo(double)] }))
    expect(double.env()).toBe(env.replace('1.1', '1.0'))
    expect(double.compose()).toBe(file.replace('shop-worker:1.1', 'shop-worker:1.0'))
    expect(statSync(join(double.folder, '.env')).mode & 0o777).toBe(0o640)
    expect(double.containers()).toEqual([
      `c0 web ${idOf('web1.0')} running 0 healthy`,
      `c1 worker ${idOf('worker1.0')} running 0 healthy`,
    ])
    expect(double.calls()).toContain(`tag ${idOf('web1.1')} rollbook-keep/web:${RUN}`)
    expect(execFileSync('sh', ['-c', `grep -rl s3cr3t ${site.state} || :`], { encoding: 'utf8' })).toBe('')

    const undone = await person(site, { ...shell, path: double.path }, 'undo')
    expect(undone.status, undone.text).toBe(0)
    expect([double.env(), double.compose()]).toEqual([env, file])
    expect(double.containers()[0]).toBe(`c0 web ${idOf('web1.1')} running 0 healthy`)
  })

  test('what only the registry has is pulled before anything is touched, and then gone to', async () => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    mkdirSync(join(double.state, 'registry'))
    for (const name of ['web', 'worker'])
      renameSync(
        join(double.state, 'images', `shop-${name}:1.0`),
        join(double.state, 'registry', `shop-${name}:1.0`),
      )
    await using talk = await talkAs(site, shell, double)
    const after = 'web - shop-web:1.0\nworker - shop-worker:1.0'
    await commitRun(talk, planFor(site, { steps: [stepTo(double, '1.0', { after })] }))
    expect(double.containers()).toEqual([
      `c0 web ${idOf('web1.0')} running 0 healthy`,
      `c1 worker ${idOf('worker1.0')} running 0 healthy`,
    ])
    const calls = double.calls()
    expect(calls).toContain('pull --quiet shop-web:1.0\n')
    expect(calls.indexOf('pull --quiet shop-worker:1.0')).toBeLessThan(calls.search(/ up /))
  })

  test('a .env that is a link stays one', async () => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    mkdirSync(join(site.root, 'shared'))
    renameSync(join(double.folder, '.env'), join(site.root, 'shared/env'))
    symlinkSync('../shared/env', join(double.folder, '.env'))
    await using talk = await talkAs(site, shell, double)
    await commitRun(talk, planFor(site, { steps: [stepTo(double)] }))
    expect(readlinkSync(join(double.folder, '.env'))).toBe('../shared/env')
    expect(double.env()).toContain('TAG=1.0 # live')
  })

  test('a longer version in two places of one file, and back to the same bytes', async () => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    const version = '2026.11.20-long'
    const file = double.compose().replace('${TAG}', '1.1')
    writeFileSync(join(double.folder, 'compose.yml'), file)
    const ids = ['web', 'worker'].map(each => [each, idOf(`${each}-long`)] as const)
    for (const [each, id] of ids) writeFileSync(join(double.state, 'images', `shop-${each}:${version}`), id)
    const data = {
      edits: ids
        .map(([each]) => `compose.yml ${at(file, `shop-${each}:`)} shop-${each}:1.1 shop-${each}:${version}`)
        .join('\n'),
      sums: `compose.yml ${sha(file)}`,
      after: ids.map(([each, id]) => `${each} ${id} shop-${each}:${version}`).join('\n'),
    }
    await using talk = await talkAs(site, shell, double)
    const tape = await goThere(talk, planFor(site, { steps: [stepTo(double, version, data)] }))
    expect(double.compose()).toBe(file.replaceAll(':1.1', `:${version}`))
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect(double.compose()).toBe(file)
  })

  test('a file that somebody changed after the switch is left alone, and needs an operator', async () => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    await using talk = await talkAs(site, shell, double)
    const tape = await goThere(talk, planFor(site, { steps: [stepTo(double)] }))
    writeFileSync(join(double.folder, '.env'), 'TAG=1.0\nMINE=yes\n')
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('needs-operator')
    expect(double.env()).toBe('TAG=1.0\nMINE=yes\n')
    expect(double.compose()).toContain('shop-worker:1.0')
  })

  test('an image that fails its health check: undone, with the bytes that were there', async () => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    writeFileSync(join(double.state, 'images/shop-web:1.0'), 'sha256:bad')
    const [file, env] = [double.compose(), double.env()]
    await using talk = await talkAs(site, shell, double)
    const after = `web sha256:bad shop-web:1.0\nworker ${idOf('worker1.0')} shop-worker:1.0`
    const tape = await prepare(talk, planFor(site, { steps: [stepTo(double, '1.0', { after })] }))
    talk.session.tell(RUN, 'switch')
    await tape.phase('failed')
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect([double.env(), double.compose()]).toEqual([env, file])
    expect(double.containers()[0]).toContain(idOf('web1.1'))
    expect(tape.printed.join('\n')).toContain('web | listening')
  })

  test.each(['and Compose ends its work', 'and so is Compose'])(
    'the program is killed in the middle, %s: a settle brings the files and the images back',
    async how => {
      using site = makeSite()
      const double = makeDouble(site, shell)
      const [file, env] = [double.compose(), double.env()]
      const hold = join(double.state, 'hold')
      execFileSync('mkfifo', [hold])
      const talk = await talkAs(site, shell, double)
      await prepare(talk, planFor(site, { steps: [stepTo(double)] }))
      talk.session.tell(RUN, 'switch')
      expect(await comesTrue(() => double.calls().includes('compose up'))).toBe(true)
      expect(double.env()).not.toBe(env)
      await killProgram(site)
      await talk[Symbol.asyncDispose]()
      if (how === 'and so is Compose') for (const pid of site.processes()) process.kill(pid, 'SIGKILL')
      else writeFileSync(hold, '\n')
      execFileSync('rm', [hold])
      await using again = await talkAs(site, shell, double)
      const tape = record()
      await again.session.follow(RUN, 'settle', tape)
      expect(await tape.outcome()).toBe('undone')
      expect([double.env(), double.compose()]).toEqual([env, file])
      expect(double.containers().join('\n')).not.toContain(idOf('web1.0'))
    },
  )

  test('a tag that goes to another image by now: undo brings back the image that ran, and loses neither', async () => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    await using talk = await talkAs(site, shell, double)
    const tape = await goThere(talk, planFor(site, { steps: [stepTo(double)] }))
    writeFileSync(join(double.state, 'images/shop-web:1.1'), idOf('rebuilt'))
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect(double.containers()[0]).toContain(idOf('web1.1'))
    expect(double.calls()).toContain(`tag ${idOf('rebuilt')} rollbook-keep/web-found:${RUN}`)
    expect(readFileSync(join(site.state, 'kept-images'), 'utf8')).toContain(
      `${idOf('rebuilt')} rollbook-keep/web-found:${RUN}`,
    )
  })

  test('a variable of the login shell does not win over .env', async () => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    await using talk = await talkAs(site, shell, double, { env: { TAG: '9.9' } })
    expect(await (await commitRun(talk, planFor(site, { steps: [stepTo(double)] }))).outcome()).toBe(
      'committed',
    )
    expect(double.containers()[0]).toContain(idOf('web1.0'))
  })

  test.each([
    ['a file that something else changed meanwhile', 'not what they were'],
    ['an image that is not there', 'shop-web:1.0 is not on this host, and can not be pulled'],
    ['an image that has another id by now', 'is another image now than when it was chosen'],
    ['services that run something else by now', 'do not run what they ran'],
    ['a text that changes more than it should', 'would change more than the images'],
  ])('%s: refused, and nothing was touched', async (what, why) => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    const place = stepTo(double)
    let data: Record<string, string> = {}
    if (what.startsWith('a file')) writeFileSync(join(double.folder, '.env'), 'TAG=1.1\n')
    if (what.endsWith('not there')) execFileSync('rm', [join(double.state, 'images/shop-web:1.0')])
    if (what.includes('another id')) writeFileSync(join(double.state, 'images/shop-web:1.0'), idOf('other'))
    if (what.startsWith('services'))
      writeFileSync(join(double.state, 'containers'), `c0 web ${idOf('x')} running 0 -\n`)
    if (what.startsWith('a text'))
      data = { edits: `${place.data.edits}\ncompose.yml ${at(double.compose(), 's3cr3t')} s3cr3t changed` }
    const [file, env, containers] = [double.compose(), double.env(), double.containers()]
    await using talk = await talkAs(site, shell, double)
    expect(
      await refusedWith(
        talk,
        planFor(site, { steps: [stepTo(double, '1.0', what.startsWith('a file') ? place.data : data)] }),
      ),
    ).toContain(why)
    expect([double.env(), double.compose(), double.containers()]).toEqual([env, file, containers])
    expect(double.calls()).not.toMatch(/ up | tag /)
  })

  // busybox takes root for one who may write everywhere, a read-only file system or not.
  const believesRoot = shell.name === 'busybox' && process.getuid?.() === 0
  test.skipIf(believesRoot)('a folder that we may not write in: refused', async () => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    using _ = readOnly(double.folder)
    await using talk = await talkAs(site, shell, double)
    expect(await refusedWith(talk, planFor(site, { steps: [stepTo(double)] }))).toContain('may not write')
  })

  // busybox has an mv of its own, which nobody can stand in for.
  test.skipIf(shell.name === 'busybox')(
    'killed between the new file and its name: the way back takes the copy along, and no secret stays',
    async () => {
      using site = makeSite()
      const double = makeDouble(site, shell)
      const [file, env] = [double.compose(), double.env()]
      const shim = join(site.root, 'bin/mv')
      writeFileSync(
        shim,
        `#!/bin/sh\ncase $* in *compose.yml.rollbook-*) kill -9 $PPID; exit 1 ;; esac\nexec /bin/mv "$@"\n`,
      )
      chmodSync(shim, 0o755)
      await using talk = await talkAs(site, shell, double)
      const tape = await prepare(talk, planFor(site, { steps: [stepTo(double)] }))
      expect(double.calls()).toMatch(/--env-file \S+\/secrets\/images/)
      talk.session.tell(RUN, 'switch')
      await tape.phase('failed')
      expect(readdirSync(double.folder)).toContain(`compose.yml.rollbook-${RUN}`)
      talk.session.tell(RUN, 'undo')
      expect(await tape.outcome()).toBe('undone')
      expect([double.env(), double.compose()]).toEqual([env, file])
      expect(readdirSync(double.folder)).toEqual(['.env', 'compose.yml'])
    },
  )

  test('an engine that falls silent after a start tells nothing, and that is not taken for well', async () => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    writeFileSync(join(double.state, 'falls-silent'), '')
    const data = { folder: double.folder, file: '', services: 'web', start: 'web', project: '' }
    const none = { stop: '', restart: '', build: '', anew: '' }
    await using talk = await talkAs(site, shell, double)
    const plan = planFor(site, {
      steps: [step(1, 'compose', 'start', { ...data, ...none }, { timeout: 20 })],
    })
    const tape = await prepare(talk, plan)
    talk.session.tell(RUN, 'switch')
    await tape.phase('failed')
    expect(tape.printed.join('\n')).toContain('The container engine does not tell how the services are.')
    talk.session.tell(RUN, 'undo')
    await tape.outcome()
  })

  test('a line of .env that only looks like one of an image stays on the host', async () => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    writeFileSync(
      join(double.folder, 'compose.yml'),
      `${double.compose()}    image_proxy_key: \${PASSWORD}\n`,
    )
    const value = { compose: double.folder, services: ['web'] }
    const question = images.component.question({ value } as never)
    await using talk = await talkAs(site, shell, double, { questions: [question] })
    const [answer = []] = readFacts('web', talk.session.facts).answers
    expect([...readProject(answer).env.keys()]).toEqual(['TAG'])
  })

  test('what a project offers is read as it is; of .env only what image lines need', async () => {
    using site = makeSite()
    const double = makeDouble(site, shell)
    const question = images.component.question({
      value: { compose: double.folder, services: ['web', 'worker'] },
    } as never)
    await using talk = await talkAs(site, shell, double, { questions: [question] })
    const [answer = []] = readFacts('web', talk.session.facts).answers
    const project = readProject(answer)
    expect(project).toMatchObject({
      problem: undefined,
      version: '2.26.1',
      name: 'shop',
      files: [{ name: 'compose.yml', sha256: sha(double.compose()), text: double.compose() }],
      envSha256: sha(double.env()),
    })
    expect(project.env).toEqual(
      new Map([['TAG', { offset: at(double.env(), 'TAG'), line: 'TAG=1.1 # live' }]]),
    )
    expect(project.images).toEqual(
      new Map([
        ['web', 'shop-web:1.1'],
        ['worker', 'shop-worker:1.1'],
      ]),
    )
    expect(talk.lines.join('\n')).not.toContain('s3cr3t=')
    expect(existsSync(join(double.folder, 'compose.yml'))).toBe(true)
  })

  test('a host without Docker says so', async () => {
    using site = makeSite()
    const question = images.component.question({ value: { compose: site.root, services: ['web'] } } as never)
    const bare = join(site.root, 'bare')
    mkdirSync(bare)
    for (const tool of [
      'sh',
      'dd',
      'id',
      'stat',
      'date',
      'sed',
      'wc',
      'tail',
      'head',
      'readlink',
      'sha256sum',
    ])
      symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(bare, tool))
    await using talk = await talkTo(site, shell, { questions: [question], env: { PATH: bare } })
    const [answer = []] = readFacts('web', talk.session.facts).answers
    expect(readProject(answer).problem?.word).toMatch(/no-(docker|compose)/)
  })
})
