import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { symlink } from '../../src/component/symlink.ts'
import { readFacts } from '../../src/release/facts-reader.ts'
import { SHELLS } from './shells.ts'
import { compile, flip, makeSite, planFor, RUN, script } from './site.ts'
import { comesTrue, commitRun, goThere, killProgram, prepare, record, talkTo } from './talk.ts'

describe.concurrent.each(SHELLS)('the courier, under $name', shell => {
  test('what login scripts print is told apart from what it says', async () => {
    using site = makeSite()
    const login = [
      'echo "Last login: Fri Nov 20"',
      'echo "RB1 0123456789abcdef 0 fact uid 0"',
      'printf "\\033[2J\\r::error::no\\n"',
      'printf "no line feed at the end "; echo',
    ].join('\n')
    await using talk = await talkTo(site, shell, { login })
    expect(talk.session.facts.filter(fact => fact.startsWith('uid') || fact.includes('error'))).toEqual([])
    const tape = await commitRun(talk, planFor(site))
    expect(await tape.outcome()).toBe('committed')
  })

  test('a hold counts however many deploys were recorded since', async () => {
    using site = makeSite()
    mkdirSync(site.state, { recursive: true, mode: 0o700 })
    const line = (event: string, release: string) => `{"at":1,"event":"${event}","release":"${release}"}\n`
    const deploys = Array.from({ length: 300 }, (_, number) => line('good', `r${number}`)).join('')
    writeFileSync(join(site.state, 'ledger.jsonl'), line('hold', 'bad-one') + deploys, { mode: 0o600 })
    await using talk = await talkTo(site, shell)
    const { ledger } = readFacts('web', talk.session.facts)
    expect(ledger[0]).toMatchObject({ event: 'hold', release: 'bad-one' })
    expect(ledger).toHaveLength(201)
  })

  test('what a host offers is read as it is', async () => {
    using site = makeSite()
    symlinkSync('2', join(site.root, 'releases/alias'))
    writeFileSync(join(site.root, 'releases/2/REVISION'), 'c07a44b\n')
    mkdirSync(join(site.root, 'releases/4'))
    mkdirSync(join(site.root, 'releases/no name'))
    const questions = [symlink.component.question({ value: { path: site.root } } as never)].map(question => ({
      ...question,
    }))
    await using talk = await talkTo(site, shell, { questions })
    const facts = readFacts('web', talk.session.facts)
    expect(facts.ignored).toBe(0)
    expect(facts.stateFolder).toBe(site.state)
    expect(facts.symlinks[0]).toMatchObject({ path: site.root, link: 'link', text: 'releases/3' })
    expect(JSON.stringify(facts.symlinks[0])).toContain('c07a44b')
  })

  test('words that travel right behind the program wait until it has got that far', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = record()
    const started = talk.session.start(RUN, compile(planFor(site)), tape)
    talk.session.tell(RUN, 'switch')
    talk.session.tell(RUN, 'commit')
    await started
    expect(await tape.outcome()).toBe('committed')
    expect([site.live(), site.ledger(), site.lock()]).toEqual(['releases/2', ['rolled-back'], undefined])
    expect(JSON.stringify(tape.entries)).not.toContain('ignored')
  })

  test('words behind a program that is not ready do nothing', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = record()
    const lacking = { ...flip(site), data: { ...flip(site).data, after: 'releases/9' } }
    const started = talk.session.start(RUN, compile(planFor(site, { steps: [lacking] })), tape)
    talk.session.tell(RUN, 'switch')
    talk.session.tell(RUN, 'commit')
    await started
    expect(await tape.outcome()).toBe('refused')
    expect([site.live(), site.ledger(), site.lock()]).toEqual(['releases/3', [], undefined])
  })

  test('answers that come in pieces at the same time do not fall into one another', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const shellFile = join(site.root, 'pieces.sh')
    const says = 'printf \'RB1 %s %s fact %s \' "$courier_nonce" "$message" "$1"; sleep 1; echo whole'
    writeFileSync(shellFile, `probe_pieces() { ${says}; }\n`)
    const ask = (name: string) =>
      talk.session.ask([{ shell: pathToFileURL(shellFile), ask: 'probe_pieces', about: [name] }])
    expect(await Promise.all([ask('one'), ask('two'), ask('three')])).toEqual([
      ['one whole'],
      ['two whole'],
      ['three whole'],
    ])
  })

  test('what is longer than a pipe takes at once swallows no word of a run, and arrives whole', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const shellFile = join(site.root, 'long.sh')
    const text = 'head -c 30000 /dev/zero | tr "\\0" x'
    writeFileSync(shellFile, `long() { for n in 1 2 3 4 5 6; do fact long "$n $(${text}) $n"; done; }\n`)
    const question = { shell: pathToFileURL(shellFile), ask: 'long', about: [] }
    const steps = Array.from({ length: 40 }, (_, at) => script(at + 1, 'start', 'true'))
    const tape = await prepare(talk, planFor(site, { steps }))
    let busy = true
    const asking = (async () => {
      for (let asked = 0; busy || asked < 3; asked++) {
        const long = await talk.session.ask([question])
        expect(long).toEqual([1, 2, 3, 4, 5, 6].map(n => `long ${n} ${'x'.repeat(30_000)} ${n}`))
      }
    })()
    talk.session.tell(RUN, 'switch')
    await tape.phase('switched')
    talk.session.tell(RUN, 'commit')
    expect(await tape.outcome()).toBe('committed')
    busy = false
    await asking
    expect(talk.lines.filter(line => /.RB1 [0-9a-f]{16} /.test(line) || line.length >= 4096)).toEqual([])
  })

  test('a long line that a step printed arrives whole', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const long = `echo begin; head -c 7000 /dev/zero | tr '\\0' y; echo ' end'; false`
    const tape = await prepare(talk, planFor(site, { steps: [flip(site), script(2, 'start', long)] }))
    talk.session.tell(RUN, 'switch')
    await tape.phase('failed')
    await comesTrue(() => tape.printed.length > 1)
    expect(tape.printed).toEqual(['2.do begin', `2.do ${'y'.repeat(7000)} end`])
    expect(talk.lines.filter(line => line.length >= 4096)).toEqual([])
    talk.session.tell(RUN, 'undo')
    await tape.outcome()
  })

  test('a later question is asked with data that no shell reads, and what it prints besides is noise', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const shellFile = join(site.root, 'question.sh')
    writeFileSync(shellFile, 'probe_echo() { echo noise; fact heard "$1/$2"; cd /nowhere 2>/dev/null; }\n')
    const question = (...about: string[]) => ({ shell: pathToFileURL(shellFile), ask: 'probe_echo', about })
    const odd = `'; touch ${site.root}/pwned; $(touch ${site.root}/pwned) "`
    expect(await talk.session.ask([question(odd, 'b'), question('c', '')])).toEqual([
      `heard ${odd}/b`,
      'heard c/',
    ])
    expect(existsSync(join(site.root, 'pwned'))).toBe(false)
    expect(await (await commitRun(talk, planFor(site))).outcome()).toBe('committed')
  })

  test('a program that was damaged on the way is refused, and nothing of the run is left that could begin', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const program = compile(planFor(site))
    await talk.session.keepSecret(RUN, 'TOKEN', 'sesame')
    const text = program.text.replace('set -u', 'set -x')
    await expect(talk.session.start(RUN, { ...program, text }, record())).rejects.toThrow('damaged')
    await expect(talk.session.follow(RUN, 'settle', record())).rejects.toThrow('no such run')
    expect(await comesTrue(() => site.processes().length <= 2)).toBe(true)
    expect(() => readFileSync(join(site.state, 'runs', RUN, 'secrets/TOKEN'))).toThrow('ENOENT')
    // The same run, whole.
    expect(await (await commitRun(talk, planFor(site))).outcome()).toBe('committed')
  })

  test('messages that are sent in one go are taken one by one, whatever stands in what they bring', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = record()
    const secret = (name: string) => talk.session.keepSecret(RUN, name, `1 bye\n${name}`)
    const facts = await Promise.all([
      secret('ONE'),
      talk.session.addToLedger('"event":"good","release":"3"}'),
      secret('TWO'),
      talk.session.start(RUN, compile(planFor(site)), tape),
      talk.session.probe(),
    ])
    expect(facts.at(-1)).toContain(`state ${site.state}`)
    expect(site.ledger()).toEqual(['good'])
    for (const name of ['ONE', 'TWO']) {
      expect(readFileSync(join(site.state, 'runs', RUN, 'secrets', name), 'utf8')).toBe(`1 bye\n${name}`)
    }
    await tape.phase('prepared')
    talk.session.tell(RUN, 'undo')
    await tape.outcome()
  })

  test('a program that was cut on the way never runs', async () => {
    using site = makeSite()
    const talk = await talkTo(site, shell)
    const program = compile(planFor(site))
    const cut = talk.session.start(RUN, { ...program, text: program.text.slice(0, -100) }, record())
    talk.session.close()
    await expect(cut).rejects.toThrow()
    await talk.session.closed
    expect([site.journal(), site.lock(), site.live()]).toEqual(['', undefined, 'releases/3'])
  })

  test('a greeting that was cut on the way does nothing', async () => {
    using site = makeSite()
    const open = talkTo(site, shell, { garble: greeting => greeting.slice(0, -200) })
    await sleep(300)
    for (const pid of site.processes()) process.kill(pid, 'SIGKILL')
    await expect(open).rejects.toThrow('contact with web was lost')
  })

  test('names and texts with every character that a shell knows arrive as they are', async () => {
    using site = makeSite(`roll book $HOME "q" 'a' \\n *;&| -`)
    await using talk = await talkTo(site, shell)
    const reason = `a "b" 'c' $(touch ${site.root}/pwned) \`id\` \\c \\0101 %s %% * ~ \n - é 🙂 #{}`
    const wanted = script(3, 'start', 'printf "%s" "$ROLLBOOK_REASON" >said', { in: site.root })
    const shown = script(4, 'start', `printf '%s\\n' 'a\\c b\\tc  d' '-n' '*'`)
    const tape = await prepare(talk, planFor(site, { reason, steps: [flip(site), wanted, shown] }))
    talk.session.tell(RUN, 'switch')
    await tape.phase('switched')
    expect(readFileSync(join(site.root, 'said'), 'utf8')).toBe(reason)
    expect(await comesTrue(() => tape.printed.length >= 3)).toBe(true)
    expect(tape.printed).toEqual(['4.do a\\c b\\tc  d', '4.do -n', '4.do *'])
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect([site.live(), () => readFileSync(join(site.root, 'pwned'))]).toEqual([
      'releases/3',
      expect.any(Function),
    ])
    expect(() => readFileSync(join(site.root, 'pwned'))).toThrow('ENOENT')
  })

  test('of what a step prints the last lines come, whatever it prints', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const loud = script(
      3,
      'start',
      'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo "line $i"; done; printf "\\377\\000 no end"',
    )
    const tape = await goThere(talk, planFor(site, { steps: [flip(site), loud] }))
    expect(await comesTrue(() => tape.printed.some(line => line.includes('no end')))).toBe(true)
    expect(tape.printed).toHaveLength(50)
    expect(tape.printed).toContain('3.do line 3000')
    talk.session.tell(RUN, 'commit')
    await tape.outcome()
  })

  test('a heartbeat comes while nothing happens, and the follower ends when nobody listens any more', async () => {
    using site = makeSite()
    const talk = await talkTo(site, shell)
    await goThere(talk, planFor(site))
    const beats = () => talk.lines.filter(line => line.endsWith(' beat')).length
    const before = beats()
    expect(await comesTrue(() => beats() >= before + 2, 5)).toBe(true)
    talk.hangUp()
    const courier = talk.courier.pid
    expect(await comesTrue(() => !site.processes().includes(Number(courier)), 4)).toBe(true)
    // The program, and what counts its silence.
    expect(await comesTrue(() => site.processes().length <= 3, 2)).toBe(true)
  })

  test('no process of a run is left when it has ended, nor of the courier when it was told to go', async () => {
    using site = makeSite()
    const talk = await talkTo(site, shell)
    await commitRun(talk, planFor(site))
    // The courier waits for words, and that is all.
    expect(await comesTrue(() => site.processes().length <= 1, 2)).toBe(true)
    talk.session.close()
    expect(await talk.session.closed).toEqual({ kind: 'ended' })
    expect(await comesTrue(() => site.processes().length === 0, 2)).toBe(true)
  })

  test('a program that dies without a last word is reported, though nobody has taken its body away', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await prepare(talk, planFor(site))
    await killProgram(site)
    expect(await tape.outcome()).toBe('gone')
    expect(await comesTrue(() => site.processes().length <= 1, 3)).toBe(true)
  })
})
