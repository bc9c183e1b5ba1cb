import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { drill, drillable, expectAsBefore } from '../bundle/drilling.ts'
import { expectOutcome, headline, on, recordOf, seen } from '../bundle/story.ts'
import { type Folder, makeFolder } from '../support/folder.ts'
import { ACTION } from '../support/production.ts'
import { runAction } from '../support/runner.ts'

/** The action without its post step: the machine of the runner itself has died. */
const withoutPost = async (): Promise<Folder> => {
  const folder = await makeFolder('no-post')
  const manifest = await readFile(join(ACTION, 'action.yml'), 'utf8')
  await writeFile(join(folder.path, 'action.yml'), manifest.replace(/^ +post(-if)?:.*\n/gm, ''))
  await symlink(join(ACTION, 'dist'), join(folder.path, 'dist'))
  return folder
}

describe('the process of the drill is killed', () => {
  test('and no post step comes: whoever looks next is told what may be broken, and what to do', async () => {
    await using made = await drillable()
    await using action = await withoutPost()
    const died = await runAction({
      action: action.path,
      cwd: made.workspace,
      secrets: [made.key.private],
      inputs: { ...made.inputs, operation: 'drill' },
      until: line => (line.includes('rollback · Look') ? 'SIGKILL' : undefined),
    })
    expect(died).toMatchObject({ sent: ['SIGKILL'], post: undefined })
    expect(await seen(made.machines)).toEqual(on(made.machines, '4'))

    const status = await made.run({ operation: 'status' })
    expect(headline(status)).toContain('may still be broken by a drill')
    expect(status.summary).toContain('in scenario 1 (release) at the stage')
    const refused = await drill(made)
    expectOutcome(refused, 'refused')
    expect(refused.summary).toContain('RB-DRILL-BROKEN-OFF')
    expectOutcome(await made.run({ operation: 'guard' }), 'refused')

    // What it says to do is what helps.
    const back = await made.run({ operation: 'rollback', rollback: 'release', target: '3' })
    expectOutcome(back, 'rolled-back')
    expect(back.summary).toContain('was broken off')
    const run = recordOf(status).status?.[0]?.drill?.run ?? ''
    expectOutcome(await made.run({ operation: 'unlock', 'run-id': run }), 'unlocked')
    expectOutcome(await drill(made), 'drilled')
  }, 300_000)

  const STAGES = [
    'healthy? · Verify',
    'break · Prepare',
    'break · Switch',
    'break · Verify',
    'rollback · Look',
    'rollback · Prepare',
    'rollback · Switch',
    'rollback · Verify',
    'rollback · Commit',
    'back · Look',
    'back · Switch',
    'back · Verify',
  ]

  test.each(STAGES)('at "%s": the post step brings everything back', async stage => {
    await using made = await drillable()
    const run = await drill(made, { until: line => (line.includes(stage) ? 'SIGKILL' : undefined) })
    expect(run.sent, run.log.join('\n')).toEqual(['SIGKILL'])
    expect(run.post?.exitCode, run.log.join('\n')).toBe(0)
    expect(run.post?.summary).toContain('is as it was: the drill was cut off')
    await expectAsBefore(made)
  })
})
