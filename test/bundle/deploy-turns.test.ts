import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { type Machine, makeProduction } from '../support/production.ts'
import type { Stop } from '../support/runner/node.ts'
import { BROKEN, expectOutcome, on, recordOf, seen, told } from './story.ts'

const PAGE = resolve(import.meta.dirname, '../../docs/guides/capistrano.md')
/** The two lines that the page tells scripts to begin with. */
const [, LINES = ''] = /^```sh\n(mkdir .*?)^```$/ms.exec(readFileSync(PAGE, 'utf8')) ?? []

/** A deploy script on the host that begins with them, and goes on until a file says that it may end. */
const deploy = ({ site, ssh }: Machine) => {
  const [begun, enough] = [join(ssh.home, 'begun'), join(ssh.home, 'enough')]
  const script = `${LINES.replaceAll('/var/www/shop', site.path)}
touch ${begun}
until [ -e ${enough} ]; do sleep 0.05; done`
  const child = spawn('/bin/sh', ['-c', script], { env: { PATH: process.env.PATH, HOME: ssh.home } })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = new Promise<{ code: number | null; said: string }>(done =>
    child.on('close', code => done({ code, said })),
  )
  return {
    ended,
    begun: () => expect.poll(() => existsSync(begun), { timeout: 20_000 }).toBe(true),
    hasBegun: () => existsSync(begun),
    mayEnd: () => writeFileSync(enough, ''),
    interrupt: () => child.kill('SIGINT'),
  }
}

test('a deploy script is at work: no rollback begins; when it has ended, one may', async () => {
  await using production = await makeProduction({ machines: { web: BROKEN } })
  const [web] = production.machines
  const deploying = deploy(web)
  await deploying.begun()
  const run = await production.run()
  expectOutcome(run, 'refused')
  expect(recordOf(run).failure?.code).toBe('RB-DEPLOY-AT-WORK')
  expect(await seen([web])).toEqual(on([web], '3'))
  deploying.mayEnd()
  expect(await deploying.ended).toMatchObject({ code: 0 })
  expectOutcome(await production.run(), 'rolled-back')
})

test('a rollback is at work: the script ends before it has done anything, and leaves no mark', async () => {
  await using production = await makeProduction({ machines: { web: { ...BROKEN, stalled: ['2'] } } })
  const [web] = production.machines
  const { promise: when, resolve: end } = Promise.withResolvers<Stop>()
  const running = production.run({}, { when })
  await Promise.race([web.site.stall, running])
  const deploying = deploy(web)
  expect(await deploying.ended).toEqual({ code: 1, said: 'A rollback is at work here.\n' })
  expect(deploying.hasBegun()).toBe(false)
  expect(existsSync(join(web.site.path, 'deploy.lock'))).toBe(false)
  end('SIGINT')
  await running
})

test('somebody interrupts the deploy: its mark goes with it', async () => {
  await using production = await makeProduction({ machines: { web: BROKEN } })
  const [web] = production.machines
  const deploying = deploy(web)
  await deploying.begun()
  deploying.interrupt()
  expect(await deploying.ended).toMatchObject({ code: 1 })
  expect(existsSync(join(web.site.path, 'deploy.lock'))).toBe(false)
})

test('two deploys: the second one ends, and the mark of the first one stays', async () => {
  await using production = await makeProduction({ machines: { web: BROKEN } })
  const [web] = production.machines
  const first = deploy(web)
  await first.begun()
  rmSync(join(web.ssh.home, 'begun'))
  const second = deploy(web)
  expect(await second.ended).toMatchObject({ code: 1 })
  expect(second.hasBegun()).toBe(false)
  expect(existsSync(join(web.site.path, 'deploy.lock'))).toBe(true)
  first.mayEnd()
  expect(await first.ended).toMatchObject({ code: 0 })
})

test.each(['deploy.lock', '.dep/deploy.lock'])(
  'a deploy that begins right after the host was looked at is seen all the same (%s)',
  async mark => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const [web] = production.machines
    const lock = join(web.site.path, mark)
    // Told of everything before it goes out; it drops nothing.
    web.ssh.faults.dropAfter = output => {
      if (!/^RB1 [0-9a-f]+ 0 end$/m.test(output) || existsSync(lock)) return false
      mkdirSync(join(lock, '..'), { recursive: true })
      writeFileSync(lock, 'mei')
      return false
    }
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(told(run)).toContain('A deploy is at work')
    expect(await seen([web])).toEqual(on([web], '3'))
    expect(await web.locked()).toBe(false)
    expect(existsSync(lock)).toBe(true)
  },
)
