import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeProduction, type Production } from '../support/production.ts'
import { HEALTHY, recordOf, told } from './story.ts'

// Nobody gets as far as a host, so that one set-up is enough for all.
let production: Production
beforeAll(async () => {
  production = await makeProduction({ machines: { web: HEALTHY } })
})
afterAll(() => production[Symbol.asyncDispose]())

/** One error, about the input, that is no mistake of ours; and nobody was spoken to. */
const expectRefused = async (inputs: Readonly<Record<string, string>>, field: string, words: RegExp) => {
  const run = await production.run(inputs, { secrets: [] })
  expect(run.outputs.outcome, told(run)).toBe('refused')
  expect(run.exitCode).toBe(1)
  expect(run.annotations.map(({ level }) => level)).toEqual(['error'])
  const { failure } = recordOf(run)
  expect(failure?.code).not.toBe('RB-BUG')
  expect(failure?.message).toContain(field)
  expect([failure?.message, ...(failure?.remedy ?? [])].join('\n')).toMatch(words)
  expect(failure?.message).toContain('othing was changed')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  expect(run.rawLog.filter(line => /[\u0000-\u0008\u000b-\u001f\u202a-\u202e]/.test(line))).toEqual([])
  expect(production.machines[0].ssh.counts.connections).toBe(0)
  return run
}

/** Column by column; what stands in one row is given at once, because all that is wrong is told at once. */
const COLUMNS: Readonly<Record<string, readonly (readonly [given: string, words: RegExp])[]>> = {
  target: [
    ['.', /starts with a dot/],
    ['../../etc', /slash/],
    ['/etc/passwd', /slash/],
    ['releases/41', /Did you mean 41/],
    ['-rf', /starts with a dash/],
    ['$(id)', /character 1/],
    ['a;b', /; at character 2/],
    ['a b', /a space at character 2/],
    ['two\nlines', /U\+000A/],
    ['*', /\* at character 1/],
    ['x'.repeat(300), /longer than 255/],
    ['caf\u00e9', /U\+00E9/],
    ['4\u202e1', /U\+202E/],
    ['current', /keep for something else/],
    ['-1', /not counted backwards/],
    ['Previous', /Did you mean previous/],
  ],
  path: [
    ['srv/app', /absolute/],
    ['~/app', /whole path/],
    ['/', /root of the file system/],
    ['//srv///app/', /Expected its plain spelling: \/srv\/app/],
    ['/srv/my app', /a space/],
    ["/srv/it's", /' at character/],
    ['$HOME/app', /Variables are not expanded/],
    ['/srv/%h', /%/],
    [`/${'a/'.repeat(2100)}b`, /at most 1024/],
    ['/srv/../etc', /\.\. can lead anywhere/],
    ['C:\\app', /Windows path/],
    ['/proc/self/root', /not files of an app/],
    ['/srv/app/current', /folder around current: \/srv\/app/],
  ],
  hosts: [
    ['-oProxyCommand=touch /tmp/x', /name/],
    ['web-1.example.com', /user is missing/],
    ['deploy@[::1', /not an address|there is more than one/],
    ['deploy@fe80::1%eth0', /address|":"/],
    ['deploy@a b', /blank/],
    ['deploy@a;id', /not an address/],
    ['deploy@web:0', /port/],
    ['deploy@web:65536', /port/],
    ['deploy@web:-22', /port/],
    ['root;id@web', /not a user name/],
    ['-l@web', /not a user name/],
    ['ssh://deploy@web', /URL/],
    ['deploy@1.2.3', /not an address/],
    ['deploy@m\u00fcnchen.example', /not an address/],
    ['deploy@web-1\ndeploy@web-1', /already/],
    ['a=deploy@web-1\nb=deploy@web-1', /same machine/],
    ['web=local via deploy@jump', /needs no jump host/],
    ['deploy:hush-4711@web', /password has no place/],
  ],
  smoke: [
    ['shop.example.com/healthz', /Did you mean https:\/\/shop\.example\.com\/healthz/],
    ['file:///etc/passwd', /http/],
    ['javascript:alert(1)', /URL|path/],
    ['http://169.254.169.254/latest', /metadata|169/i],
    ['https://shop.example.com/{{ version }}', /not expanded/],
    ['https://mei:hush-4711@shop.example.com/', /password|user/i],
  ],
  reload: [
    ['nginx php-fpm', /entry of its own/],
    ['--now', /starts with a letter/],
    ['a;reboot', /; in its name/],
  ],
  escalate: [
    ['yes', /true or false/],
    ['1', /true or false/],
  ],
  reason: [['x'.repeat(1001), /at most 1,000/]],
  parameters: [['no equals sign', /=/]],
  app: [['my shop', /my-shop would work/]],
}
const ROWS = Array.from(
  { length: Math.max(...Object.values(COLUMNS).map(column => column.length)) },
  (_, at) =>
    Object.entries(COLUMNS).flatMap(([field, column]) => {
      const [given, words] = column[at] ?? []
      return given !== undefined && words ? [{ field, given, words }] : []
    }),
)

test.each(
  ROWS.map(row => [row.map(({ field, given }) => `${field} ${given.slice(0, 30)}`).join(', '), row] as const),
)('all of %j', async (_, row) => {
  const inputs = Object.fromEntries(row.map(({ field, given }) => [field, given]))
  const run = await expectRefused(inputs, 'No host was contacted', /./)
  const lines = recordOf(run).failure?.message.split('\n') ?? []
  for (const { field, words } of row) {
    expect(lines.filter(line => line.startsWith(`${field}: `)).join('\n')).toMatch(words)
  }
  expect(told(run)).not.toContain('hush-4711')
})

describe('everything else', () => {
  test.each([
    [{ operation: 'rolback' }, 'operation', /Did you mean "?rollback/],
    [{ operation: 'record', state: 'fine' }, 'state', /started, good, bad/],
    [{ 'run-id': '../x', operation: 'undo' }, 'run-id', /id of a run/],
    [{ operation: 'undo', target: '2' }, 'target', /undo takes no target/],
    [{ state: 'bad' }, 'state', /It is for record/],
    [
      { runbook: '../rollbook.yml', hosts: '', path: '', smoke: '', app: '' },
      'runbook',
      /out of the workspace/,
    ],
    [{ hosts: '' }, 'hosts', /Give both, or neither/],
    [{ runbook: 'ops/rollbook.yml' }, 'hosts', /leave "runbook" out/],
    [{ 'known-hosts': '' }, 'known-hosts', /empty/],
    [{ 'known-hosts': '# nothing but a comment' }, 'known-hosts', /./],
  ])('%j', async (inputs, field, words) => {
    await expectRefused(inputs, field, words)
  })

  test('a key in the wrong place is not repeated', async () => {
    const run = await expectRefused({ reason: production.key.private }, 'reason', /does not belong here/)
    expect(told(run)).not.toContain(production.key.private.split('\n')[2])
  })
})
