import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { withProject } from './project.ts'
import { expectOutcome, headline, recordOf, told } from './story.ts'

describe('what runs leave behind', () => {
  test('is told after each, shown by status, and pruned down to the newest five, the last of which can still be undone', async () => {
    await using story = await withProject()
    const { production, project } = story
    const state = join(production.machines[0].ssh.home, '.rollbook/shop/production')
    const folders = () => readdirSync(join(state, 'runs'))
    const runs: string[] = []
    for (const number of [1, 2, 3, 4, 5, 6]) {
      const run = await production.run()
      expectOutcome(run, 'rolled-back')
      runs.push(run.outputs['run-id'] ?? '')
      if (number === 1) {
        expect(run.summary).toContain('**Follow-up** (')
        expect(run.summary).toContain(
          `- [ ] The tag \`rollbook/${runs[0]}\` in \`${project.path}\` stands on`,
        )
        const report = run.outputFiles.report ?? ''
        expect(report).toContain('# Rollback incident report: shop · production')
        expect(report).toContain(`${state}/runs/${runs[0]}/kept`)
        expect(told(run)).not.toContain('hush')
      }
      if (number < 6) expectOutcome(await production.run({ operation: 'undo' }), 'undone')
    }
    expect(folders()).toEqual(runs)
    expect(project.tags()).toEqual(runs.map(run => `rollbook/${run}`))
    expect(readFileSync(join(state, 'runs', runs[0] ?? '', 'kept/1'), 'utf8')).toContain('new-hush')

    const status = await production.run({ operation: 'status' })
    expectOutcome(status, 'reported')
    expect(status.summary).toMatch(
      /\*\*Left by runs\*\* on web: 6 tags, 6 folders with copies of files \(.*\), 6 run folders \(.*\); 3 of them are older than what is kept/,
    )
    expect(folders()).toEqual(runs)

    const prune = await production.run({ operation: 'prune' })
    expectOutcome(prune, 'pruned')
    const log = prune.log.join('\n')
    const [first = ''] = runs
    expect(log).toContain(`goes: tag ${project.path} rollbook/${first}: 5 newer runs have theirs`)
    expect(log.indexOf(`goes: run ${state}/runs/${first}`)).toBeLessThan(log.indexOf('removed tag'))
    expect(headline(prune)).toContain('is tidied up: 3 things of old runs removed')
    expect(folders()).toEqual(runs.slice(1))
    expect(project.tags()).toEqual(runs.slice(1).map(run => `rollbook/${run}`))
    expect(recordOf(prune).prunedLeft?.filter(({ fate }) => fate === 'removed')).toHaveLength(3)

    const again = await production.run({ operation: 'prune' })
    expectOutcome(again, 'pruned')
    expect(headline(again)).toContain('has nothing to remove: keep covers everything')
    expectOutcome(await production.run({ operation: 'undo' }), 'undone')
    expect([project.head(), project.env()]).toEqual([project.commits[2], 'TAG=3'])
    expect(existsSync(join(state, 'ledger.jsonl'))).toBe(true)
  }, 180_000)
})
