import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { storedQuestion } from '../../src/backup/stored.ts'
import { introduce } from '../../src/engine/greeting.ts'
import { KINDS } from '../../src/kind/table.ts'
import { leftQuestion, RUNS, removalOf, type Source } from '../../src/leaving/left.ts'
import { laravel } from '../../src/migrations/laravel.ts'
import { prisma } from '../../src/migrations/prisma.ts'
import { askNginx, askProcesses } from '../../src/serving/question.ts'
import { findTool, SHELLS } from '../engine/shells.ts'
import { compile, makeSite, planFor, step } from '../engine/site.ts'

const found = findTool('shellcheck')
if (found === undefined && process.env.CI) throw new Error('these tests need shellcheck')

using site = makeSite()
const kinds = KINDS.filter(kind => kind.onHost)
const all = kinds.map((kind, index) => step(index + 1, kind.name, kind.phases[0] ?? 'start', {}))
// What every component finds something of its own in.
const everyValue = (path: string) => ({
  path,
  link: path,
  files: [path],
  in: path,
  from: { suffix: '.backup' },
  compose: path,
  services: ['web'],
})
const questions = KINDS.flatMap(kind => (kind.component ? [kind.component] : [])).flatMap(component =>
  ["/srv/it's", '/srv/b'].map(path => component.question({ value: everyValue(path) } as never, 'previous')),
)
const move = { path: '/srv/a', from: '42', to: '41' }
questions.push(laravel.question({ tool: 'laravel', artisan: "it's/artisan", directory: 'a b' }, move))
questions.push(prisma.question({ tool: 'prisma', in: "/srv/a/it's", directory: 'a b' }, move))
questions.push(askProcesses({ link: "/srv/it's/current", folder: '/srv/a b' }), askNginx())
questions.push(storedQuestion())
for (const ask of ['drill_begin', 'drill_go', 'drill_beat', 'drill_end', 'drill_keep', 'drill_past'])
  questions.push({ shell: new URL('../../src/drill/mark.sh', import.meta.url), ask, about: ['r', "it's"] })
for (const kind of KINDS.filter(each => each.leaves)) {
  const source = { name: kind.name, ...kind.leaves?.({ value: everyValue("/srv/it's") } as never) } as Source
  questions.push(leftQuestion(source), removalOf(source, { run: 'r', name: "it's" }))
}
questions.push(leftQuestion(RUNS), removalOf(RUNS, { run: 'r', name: '/srv/a b' }))
const greeting = introduce({ nonce: 'f00', app: 'shop', environment: "it's", stateFolder: '', questions })

const TEXTS = [
  ['the program with every kind', compile(planFor(site, { steps: all })).text],
  ['the program with no step', compile(planFor(site, { steps: [] })).text],
  ['the courier with every question', greeting.slice(greeting.indexOf('\n') + 1)],
] as const

// Each text is one program made of parts that say in front of them what the others are for.
const EXCLUDED = [
  'SC2034', // the plan sets more variables than every step needs
  'SC2154', // arg_* come from the steps, which are called by number
  'SC2329', // and so are functions
  'SC2317',
]

describe.each(TEXTS)('%s', (_, text) => {
  test.runIf(found)('has nothing that shellcheck would warn of', () => {
    const options = ['--shell=sh', `--exclude=${EXCLUDED.join(',')}`, '--format=gcc', '-']
    const { stdout } = spawnSync(found ?? '', options, { input: text, encoding: 'utf8' })
    expect(stdout).toBe('')
  })

  test.each(SHELLS)('is understood by $name', shell => {
    expect(execFileSync(shell.sh, ['-n'], { input: text, encoding: 'utf8' })).toBe('')
  })
})
