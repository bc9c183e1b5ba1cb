import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readFacts } from '../../src/release/facts-reader.ts'
import { SHELLS } from './shells.ts'
import { compile, flip, makeSite, planFor, RUN, script } from './site.ts'
import { commitRun, goThere, killProgram, record, talkTo } from './talk.ts'

describe.concurrent.each(SHELLS)('the state folder, under $name', shell => {
  test('a journal that was cut in the middle of a line swallows nothing of what comes after', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await goThere(talk, planFor(site, { onLostContact: 'undo' }))
    await killProgram(site)
    writeFileSync(join(site.state, 'runs', RUN, 'journal'), '77 12.3 phase comm', { flag: 'a' })
    const tape = record()
    await talk.session.follow(RUN, 'settle', tape)
    expect(await tape.outcome()).toBe('undone')
    expect(tape.entries[0]).toMatchObject({ word: 'other', text: expect.stringMatching(/^settle switched /) })
    expect(site.live()).toBe('releases/3')
  })

  test('a journal full of rubbish is no reason for the probe to fall silent', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await commitRun(talk, planFor(site))
    const rubbish =
      '\n.\n .\n1 .\n1 2 run .\n1 2 run forward .\na b outcome .\n1 2 phase .\n99999999999999999999 1 x y .\n* * * * .\n'
    writeFileSync(join(site.state, 'runs', RUN, 'journal'), rubbish, { flag: 'a' })
    expect(await talk.session.probe()).toContain(`run ${RUN} forward committed 3 2`)
    const back = record()
    await talk.session.follow(RUN, 'back', back)
    await back.phase('prepared')
    talk.session.tell(RUN, 'undo')
    expect(await back.outcome()).toBe('refused')
  })

  test('the ledger takes whole lines only, and closes one that was cut', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    mkdirSync(site.state, { recursive: true })
    writeFileSync(
      join(site.state, 'ledger.jsonl'),
      '{"at":1,"event":"good","release":"2"}\n{"at":2,"event":"go',
    )
    await talk.session.addToLedger('"event":"good","release":"3"}')
    await commitRun(talk, planFor(site))
    const lines = readFileSync(join(site.state, 'ledger.jsonl'), 'utf8').split('\n')
    expect(lines.map(line => /"event":"([a-z-]+)","/.exec(line)?.[1])).toEqual([
      'good',
      undefined,
      'good',
      'rolled-back',
      undefined,
    ])
    const facts = readFacts('web', await talk.session.probe())
    expect(facts.ledger.map(({ release }) => release)).toEqual(['2', '3', '2'])
    writeFileSync(join(site.state, 'ledger.jsonl'), '{"at":3,"ev', { flag: 'a' })
    expect(readFacts('web', await talk.session.probe()).lock).toBeUndefined()
  })

  test.runIf(process.getuid?.() === 0)(
    'a state folder that others could have written in is reported',
    async () => {
      using site = makeSite()
      await using talk = await talkTo(site, shell)
      const problem = async () => readFacts('web', await talk.session.probe()).stateProblem
      expect(await problem()).toBeUndefined()
      mkdirSync(site.state, { recursive: true, mode: 0o700 })
      expect(await problem()).toBeUndefined()
      for (const mode of [0o770, 0o702, 0o777, 0o1777]) {
        chmodSync(site.state, mode)
        expect(await problem()).toBe('can be written by other users')
      }
      chmodSync(site.state, 0o755)
      expect(await problem()).toBeUndefined()
      chownSync(site.state, 65534, 65534)
      expect(await problem()).toBe('belongs to another user')
      rmSync(site.state, { recursive: true })
      symlinkSync('/tmp', site.state)
      expect(await problem()).toBe('is not a folder of its own')
      rmSync(site.state)
      writeFileSync(site.state, '')
      expect(await problem()).toBe('is not a folder of its own')
    },
  )

  test('what a run leaves can be read by nobody else, and what a script makes is as a login makes it', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell, { login: 'umask 022', env: { LC_ALL: 'C.UTF-8' } })
    const makes = script(
      3,
      'start',
      'mkdir cache; echo "$LC_ALL" >cache/locale; stat -c %a cache cache/locale >modes',
      { in: site.root },
    )
    await commitRun(talk, planFor(site, { steps: [flip(site), makes] }))
    expect(readFileSync(join(site.root, 'modes'), 'utf8')).toBe('755\n644\n')
    expect(readFileSync(join(site.root, 'cache/locale'), 'utf8')).toBe('C.UTF-8\n')
    const look = record()
    const asks = script(
      1,
      'start',
      `find ${site.state} ! -type l \\( -perm -040 -o -perm -004 -o -perm -020 -o -perm -002 \\)`,
    )
    const plan = planFor(site, { run: `${RUN}b`, steps: [asks] })
    await talk.session.start(plan.run, compile(plan), look)
    await look.phase('prepared')
    talk.session.tell(plan.run, 'switch')
    await look.phase('switched')
    talk.session.tell(plan.run, 'commit')
    await look.outcome()
    expect(look.printed).toEqual([])
  })
})
