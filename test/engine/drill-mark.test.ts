import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { askPast, beatMark, beginMark, changeMark, endMark, keepDrill } from '../../src/drill/mark.ts'
import type { DrillMark } from '../../src/release/drill-mark.ts'
import { readFacts } from '../../src/release/facts-reader.ts'
import { SHELLS } from './shells.ts'
import { makeSite } from './site.ts'
import { type Talk, talkTo } from './talk.ts'

const MARK: DrillMark = {
  drill: 'monthly',
  scenario: 2,
  rollback: 'nginx',
  stage: 'break',
  broke: true,
  before: [["/etc/it's `here`", '$(false) "é"']],
  sum: 'abc',
  name: '',
}

const drillOn = async ({ session }: Talk) => readFacts('web', await session.probe()).drill

describe.concurrent.each(SHELLS)('the mark of a drill, under $name', shell => {
  test('is left once, says what the drill is at, and goes with it', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await using other = await talkTo(site, shell)
    expect(await drillOn(talk)).toBeUndefined()
    expect(await beginMark(talk.session, 'run-1', MARK)).toBe('ours')
    expect(await beginMark(other.session, 'run-2', MARK)).toBe('taken')
    expect(await drillOn(other)).toEqual({ run: 'run-1', alive: true, mark: MARK })

    expect(await changeMark(other.session, 'run-2', MARK)).toBe('taken')
    expect(await endMark(other.session, 'run-2')).toBe('not ours')
    expect(await changeMark(talk.session, 'run-1', { ...MARK, stage: 'rollback', rolling: 'r' })).toBe('ours')
    expect(await drillOn(other)).toMatchObject({ mark: { stage: 'rollback', rolling: 'r' } })

    expect(await endMark(talk.session, 'run-1')).toBe('gone')
    expect(await drillOn(other)).toBeUndefined()
  })

  test('is a dead one when its runner is gone, and can be taken over under the same id', async () => {
    using site = makeSite()
    await using other = await talkTo(site, shell)
    {
      await using talk = await talkTo(site, shell)
      await beginMark(talk.session, 'run-1', MARK)
      talk.courier.kill('SIGKILL')
      await talk.session.closed
    }
    expect(await drillOn(other)).toMatchObject({ run: 'run-1', alive: false })
    expect(await changeMark(other.session, 'run-1', MARK)).toBe('ours')
    expect(await drillOn(other)).toMatchObject({ run: 'run-1', alive: true })
  })

  test('belongs to the courier that the runner speaks through, after contact was lost as before', async () => {
    using site = makeSite()
    await using again = await talkTo(site, shell)
    {
      await using talk = await talkTo(site, shell)
      await beginMark(talk.session, 'run-1', MARK)
      talk.courier.kill('SIGKILL')
      await talk.session.closed
    }
    await beatMark(again.session, 'run-2')
    expect(await drillOn(again)).toMatchObject({ run: 'run-1', alive: false })
    await beatMark(again.session, 'run-1')
    expect(await drillOn(again)).toEqual({ run: 'run-1', alive: true, mark: MARK })
  })

  test('is a dead one, too, when nobody has shown for minutes that the runner is there', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await beginMark(talk.session, 'run-1', MARK)
    execFileSync('touch', ['-d', '3 minutes ago', `${site.state}/drill`])
    expect(await drillOn(talk)).toMatchObject({ alive: false })
    await beatMark(talk.session, 'run-1')
    expect(await drillOn(talk)).toMatchObject({ alive: true })
  })

  test('drills are remembered a line each, one that was cut notwithstanding', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    expect(await askPast(talk.session)).toEqual([])
    await beginMark(talk.session, 'run-1', MARK)
    await keepDrill(talk.session, '"drill":"monthly"}')
    execFileSync('sh', ['-c', `printf '{"cut' >>${site.state}/drills.jsonl`])
    await keepDrill(talk.session, '"drill":"weekly"}')
    expect(await askPast(talk.session)).toEqual([
      expect.stringMatching(/^\{"at":\d+,"drill":"monthly"\}$/),
      '{"cut',
      expect.stringMatching(/^\{"at":\d+,"drill":"weekly"\}$/),
    ])
  })
})
