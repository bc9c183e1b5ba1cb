import { mkdir, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HOSTILE } from '../support/hostile.ts'
import { type Machine, makeProduction } from '../support/production.ts'
import { BROKEN, connections, expectOutcome, on, recordOf, seen, told } from './story.ts'

/** More releases beside the three: names that count up, so that the last of them is the newest. */
const addReleases = async ({ site }: Machine, from: number, to: number): Promise<void> => {
  for (let at = from; at <= to; at += 1) {
    const release = join(site.path, 'releases', String(at).padStart(6, '0'))
    await mkdir(release, { recursive: true })
    await writeFile(join(release, 'VERSION'), String(at).padStart(6, '0'))
    await writeFile(join(release, 'health'), '200')
  }
}

const makeLive = async ({ site }: Machine, release: string): Promise<void> => {
  await unlink(join(site.path, 'current'))
  await symlink(`releases/${release}`, join(site.path, 'current'))
}

describe('a host that never stops talking', () => {
  test('as soon as somebody logs in: refused, in bounded time and lines, and no host is touched', async () => {
    await using production = await makeProduction({
      machines: { 'web-1': BROKEN, 'web-2': BROKEN },
      // The login scripts of both, of which only one goes mad.
      ssh: {
        loginScript:
          '[ ! -e mad ] || exec yes "::error::owned \\033[31m<script>alert(1)</script> ##[error]x"',
      },
    })
    await writeFile(join(production.machines[1]?.ssh.home ?? '', 'mad'), '')
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure?.message).toContain('web-2')
    expect(told(run)).toContain('it said more than 64 MiB, and would not stop')
    expect(told(run)).not.toContain('owned')
    expect(run.rawLog.length).toBeLessThan(200)
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
    for (const machine of production.machines) expect(await machine.locked()).toBe(false)
  })
})

describe('an enormous listing', () => {
  test('1,500 releases: the one right before the live one is found, whatever its place in the list', async () => {
    await using production = await makeProduction({ machines: { web: { releases: ['1'], live: '1' } } })
    const [web] = production.machines
    await rm(join(web.site.path, 'releases/1'), { recursive: true })
    await addReleases(web, 1, 1500)
    await makeLive(web, '001500')
    expectOutcome(await production.run(), 'rolled-back')
    expect(await seen([web])).toEqual(on([web], '001499'))
  })

  test('more than anybody looks through: refused, because the release before could be among the rest', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const [web] = production.machines
    await addReleases(web, 1, 2100)
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure).toMatchObject({
      code: 'RB-TOO-MUCH-THERE',
      message: expect.stringContaining('2000 were looked at, and 103 more are there'),
    })
    expect(await seen([web])).toEqual(on([web], '3'))
    expect(await web.state()).toEqual({})
  })
})

describe('a link out of releases/', () => {
  test.each(['previous', '2'])('is no release to go to (%s)', async target => {
    await using production = await makeProduction({
      machines: { web: { releases: ['2', '3'], live: '3' } },
    })
    const [web] = production.machines
    await rm(join(web.site.path, 'releases/2'), { recursive: true })
    await symlink('/etc', join(web.site.path, 'releases/2'))
    const run = await production.run({ target })
    expectOutcome(run, 'refused')
    expect(told(run)).toContain('is a link, not a folder')
    expect(await seen([web])).toEqual(on([web], '3'))
  })

  test('as what is live is no place to go back from', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const [web] = production.machines
    await unlink(join(web.site.path, 'current'))
    await symlink('/etc', join(web.site.path, 'current'))
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure?.code).toBe('RB-NO-CURRENT')
    expect(recordOf(run).failure?.message).toContain('points to /etc, which is not a release')
    expect(connections([web])).toBe(1)
  })
})

describe('a false journal', () => {
  /** What somebody else put into the state folder: a run that never was, with every hostile text in it. */
  const plant = async (web: Machine, lines: readonly string[]): Promise<void> => {
    const folder = join(web.ssh.home, '.rollbook/shop/production/runs/20991231T235959Z-ffffff')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(join(folder, 'journal'), `${lines.join('\n')}\n`)
  }

  test.each([
    ['hostile texts', HOSTILE],
    [
      'a run that says it is done',
      ['1 1.00 run forward x 1 1 boot 3 1 .', '2 1.00 outcome forward committed .'],
    ],
    [
      'releases that are none',
      ['1 1.00 run forward x 1 1 boot ::error::owned <script>alert(1)</script> .', '2 1.00 phase switched .'],
    ],
  ])('with %s decides nothing, and nothing of it is obeyed', async (_, lines) => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const [web] = production.machines
    await plant(web, lines)
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(await seen([web])).toEqual(on([web], '2'))
    const said = run.annotations.map(({ message }) => message).join('\n')
    expect(said).not.toMatch(/^(owned|red|done|taken over)/m)
    expect(run.summary).not.toContain('<script>')
  })
})
