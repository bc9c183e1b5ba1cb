import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadInput } from '../../../src/request/bad-input.ts'
import { requestFrom } from '../../../src/request/validate.ts'

const simple = { hosts: 'deploy@web-1.example.com', path: '/var/www/shop' }

function refusal(raw: Readonly<Record<string, string>>): BadInput {
  try {
    requestFrom(raw)
  } catch (error) {
    if (error instanceof BadInput) return error
    throw error
  }
  throw new Error('the request is fine')
}

describe('a request', () => {
  test.each([
    'api=1.3,web=2.0',
    'web=1.0',
    'sha256:5e1f0c2ab9',
    `api=sha256:${'0'.repeat(64)},web=v1.0-rc.1`,
  ])('to images by a version of each service, or by a digest: %s', target => {
    expect(requestFrom({ ...simple, target }).target).toBe(target)
  })

  test.each(['api=1.3,', 'api=$(id)', 'api=1.3;id', 'sha256:', 'a=b,c', 'a=../b'])(
    'to what only looks like it is refused: %s',
    target => {
      expect(refusal({ ...simple, target }).message).toContain('target')
    },
  )

  test('without any input is a rollback to the previous release by the runbook', () => {
    expect(requestFrom({ environment: '', reason: '' })).toMatchObject({
      operation: 'rollback',
      environment: undefined,
      rollback: undefined,
      target: 'previous',
      reason: '',
      escalate: false,
      state: 'good',
      ssh: { privateKey: undefined, passphrase: undefined, agentSocket: undefined },
      source: { kind: 'runbook', path: '.github/rollbook.yml' },
    })
  })

  test('of a simple set-up needs no runbook', () => {
    const request = requestFrom({
      hosts: 'web-1=deploy@10.0.0.1:2222\n\n  deploy@web-2.example.com  \n',
      path: '/var/www/shop',
      url: 'https://shop.example.com',
      reload: 'php8.4-fpm\nnginx',
      smoke: '/healthz\nhttps://other.example.com/up',
      runbook: '.github/rollbook.yml',
    })
    expect(request.source).toMatchObject({
      kind: 'inputs',
      app: 'shop',
      hosts: [{ name: 'web-1', address: { port: 2222 } }, { name: 'web-2.example.com' }],
      services: [],
      reload: ['php8.4-fpm', 'nginx'],
      smoke: ['/healthz', 'https://other.example.com/up'],
    })
  })

  test('keeps key and passphrase as they are, and takes an empty one as not given', () => {
    const { ssh } = requestFrom({ 'ssh-private-key': 'KEY\n', 'ssh-passphrase': ' two words ' }, '/tmp/agent')
    expect(ssh).toEqual({ privateKey: 'KEY\n', passphrase: ' two words ', agentSocket: '/tmp/agent' })
    expect(requestFrom({ 'ssh-private-key': '' }, '').ssh.privateKey).toBeUndefined()
  })

  test('has a reason of one line, without what a terminal would obey', () => {
    const { reason } = requestFrom({
      reason: '  checkout\r\n answers \u001b[31m500\u0007\tsince 14:02 | @everyone ',
    })
    expect(reason).toBe('checkout answers [31m500 since 14:02 | @everyone')
  })

  test('keeps the values of parameters as they are, with every = after the first', () => {
    const { parameters } = requestFrom({ parameters: 'migration=2026_split\nquery = a=b \n' })
    expect([...parameters]).toEqual([
      ['migration', '2026_split'],
      ['query', 'a=b'],
    ])
  })

  test('to record nothing but the live release has no target', () => {
    expect(requestFrom({ operation: 'record', state: 'bad' })).toMatchObject({ target: '', state: 'bad' })
    expect(requestFrom({ operation: 'record', target: '41' })).toMatchObject({ target: '41', state: 'good' })
  })

  test.each([
    '41',
    '20261120141058',
    'v1.0.0',
    '9f2c1e7',
    '1234567',
    '1e10',
    'last-good',
    'a+b@c',
    'release-7_2',
  ])('may go back to %s', target => {
    expect(requestFrom({ target }).target).toBe(target)
  })
})

describe('a bad input is refused by its name, with what was given and what would work', () => {
  test.each([
    ['operation', 'Given "rolback".', 'Did you mean "rollback"?', { operation: 'rolback' }],
    ['environment', 'Given "prod eu".', 'prod-eu would work', { environment: 'prod eu' }],
    ['environment', 'Given "../etc".', 'A name has', { environment: '../etc' }],
    ['rollback', 'Given "__proto__".', 'starts with a letter', { rollback: '__proto__' }],
    ['escalate', 'Given "yes".', 'Expected true or false', { escalate: 'yes' }],
    ['state', 'Given "goood".', 'Did you mean "good"?', { operation: 'record', state: 'goood' }],
    ['run-id', 'Given "a b".', 'Expected the id of a run', { operation: 'undo', 'run-id': 'a b' }],
    ['run-id', 'the operation is rollback', 'for undo and unlock', { 'run-id': 'abc' }],
    ['target', 'the operation is undo', 'undo takes no target', { operation: 'undo', target: '41' }],
    ['state', 'the operation is rollback', 'It is for record', { state: 'bad' }],
    ['drill', 'the operation is plan', 'It is for drill', { operation: 'plan', drill: 'monthly' }],
    ['reason', 'It has 1,204 characters', 'at most 1,000', { reason: 'x'.repeat(1204) }],
    ['parameters', 'Line 1', 'expected name=value', { parameters: 'migration' }],
    ['parameters', 'Line 2', 'for the second time', { parameters: 'a=1\na=2' }],
    ['runbook', 'Given "../secrets.yml".', 'leads out of the workspace', { runbook: '../secrets.yml' }],
    ['runbook', 'Given "https://', 'not a URL', { runbook: 'https://example.com/rollbook.yml' }],
    // without a runbook
    ['hosts', 'There is a runbook, too ("x.yml")', 'leave "runbook" out', { ...simple, runbook: 'x.yml' }],
    ['path', '"hosts" is empty', 'Give both, or neither', { path: '/var/www/shop' }],
    ['path', 'It is missing.', 'such as /var/www/app', { hosts: 'deploy@web' }],
    [
      'path',
      'Given "/var/www/shop/current".',
      'around current: /var/www/shop',
      { ...simple, path: '/var/www/shop/current' },
    ],
    ['path', 'Given "~/shop".', '~ is not expanded', { ...simple, path: '~/shop' }],
    ['compose', 'not both', 'either path or compose', { ...simple, compose: '/opt/shop' }],
    ['services', 'They belong to compose', 'empty', { ...simple, services: 'api' }],
    ['services', 'They are missing', 'one a line', { hosts: 'deploy@web', compose: '/opt/shop' }],
    ['app', 'It is missing', '"@shop" cannot serve as a name', { ...simple, path: '/srv/@shop' }],
    ['app', 'Given "my shop".', 'my-shop would work', { ...simple, app: 'my shop' }],
    ['hosts', 'Line 1', 'the user is missing', { ...simple, hosts: 'web-1.example.com' }],
    ['hosts', 'Line 1', 'the name "-oProxyCommand"', { ...simple, hosts: '-oProxyCommand=touch /tmp/x' }],
    ['hosts', 'Line 2', 'is not a port', { ...simple, hosts: 'deploy@a\ndeploy@b:65536' }],
    ['hosts', 'Line 2', 'the same machine and user as a', { ...simple, hosts: 'a=deploy@h\nb=deploy@h' }],
    ['hosts', 'Line 2', 'such as web-2=root@h', { ...simple, hosts: 'deploy@h\nroot@h' }],
    ['reload', 'Line 1: given "nginx;id".', 'has no ; in its name', { ...simple, reload: 'nginx;id' }],
    [
      'reload',
      'Line 1: given "php-fpm, nginx".',
      'an entry of its own',
      { ...simple, reload: 'php-fpm, nginx' },
    ],
    ['reload', 'Line 2: given "nginx".', 'for the second time', { ...simple, reload: 'nginx\nnginx' }],
    [
      'url',
      'Given "shop.example.com".',
      'Did you mean https://shop.example.com?',
      { ...simple, url: 'shop.example.com' },
    ],
    ['smoke', '"/up" is a path', '"url" is empty', { ...simple, smoke: '/up' }],
    [
      'smoke',
      'Line 1: given "file:///etc/passwd".',
      'Write a URL such as',
      { ...simple, smoke: 'file:///etc/passwd' },
    ],
    [
      'smoke',
      'Line 1: given "http://169.254.169.254/".',
      'credentials of the machine',
      { ...simple, smoke: 'http://169.254.169.254/' },
    ],
    [
      'smoke',
      'Line 1: given "javascript:alert(1)".',
      'Expected a path',
      { ...simple, smoke: 'javascript:alert(1)' },
    ],
  ])('%s: %s … %s', (field, words, more, raw) => {
    const { problems, message } = refusal(raw)
    expect(problems.map(problem => problem.field)).toEqual([field])
    expect(message).toMatch(/^One input cannot be used\. No host was contacted, nothing was changed\.\n/)
    expect(message).toContain(`${field}: `)
    expect(message).toContain(words)
    expect(message).toContain(more)
  })

  test('all of them are told at once', () => {
    const { message, problems } = refusal({
      operation: 'plna',
      target: 'a b',
      escalate: '1',
      hosts: 'x',
      path: 'y',
    })
    expect(problems.map(({ field }) => field)).toEqual(['operation', 'target', 'escalate', 'path', 'hosts'])
    expect(message).toContain('5 inputs cannot be used.')
  })

  test.each([
    ['..', 'starts with a dot'],
    ['../../etc', 'has a slash'],
    ['/etc/passwd', 'has a slash'],
    ['/var/www/shop/releases/41', 'Did you mean 41?'],
    ['refs/tags/v1.0', 'Did you mean v1.0?'],
    ['-rf', 'starts with a dash'],
    ['-1', 'Did you mean previous?'],
    ['$(id)', '$ at character 1'],
    ['`id`', '` at character 1'],
    ['a;b', '; at character 2'],
    ['a&&b', '& at character 2'],
    ['a|b', '| at character 2'],
    ['a b', 'a space at character 2'],
    ['a\nb', 'U+000A at character 2'],
    ['a\0b', 'U+0000 at character 2'],
    ['4?', '? at character 2'],
    ['x'.repeat(300), 'longer than 255'],
    ['e\u0301', 'U+0301 at character 2'],
    ['\u00e9', 'U+00E9 at character 1'],
    ['41\u202e', 'U+202E at character 3'],
    ['4\u200b1', 'U+200B at character 2'],
    ['current', 'deploy tools keep'],
    ['HEAD~1', '~ at character 5'],
    ['Previous', 'Did you mean previous?'],
    ['previuos', 'Did you mean previous?'],
    ['last_good', 'Did you mean last-good?'],
  ])('target %j: %s', (target, words) => {
    expect(refusal({ target }).message).toContain(words)
  })

  test('whatever passes as a target is one word without meaning for a shell or a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), text => {
        try {
          const { target } = requestFrom({ target: text })
          expect(target).toMatch(/^[A-Za-z0-9_+@][\w.+@-]*$/)
        } catch (error) {
          expect(error).toBeInstanceOf(BadInput)
        }
      }),
    )
  })

  test('no input whatever makes it fall over', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 })
    const names = [
      'operation',
      'hosts',
      'path',
      'smoke',
      'url',
      'reload',
      'parameters',
      'reason',
      'environment',
      'app',
    ]
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), text), raw => {
        try {
          requestFrom(raw)
        } catch (error) {
          expect(error).toBeInstanceOf(BadInput)
        }
      }),
    )
  })
})

describe('a secret in the wrong place is not shown', () => {
  const CANARY = 'hunter2-canary'
  test.each([
    ['in a smoke URL', { ...simple, smoke: `https://me:${CANARY}@shop.example.com/` }],
    ['in a smoke URL that is none', { ...simple, smoke: `https://me:${CANARY}/x@shop` }],
    ['in the query of a wrong URL', { ...simple, smoke: `gopher://x/?token=${CANARY}` }],
    ['in the url', { ...simple, url: `https://me:${CANARY}@shop.example.com` }],
    ['in a host', { ...simple, hosts: `deploy:${CANARY}@web` }],
    ['in a host as a URL', { ...simple, hosts: `ssh://deploy:${CANARY}@web` }],
    ['in a named host', { ...simple, hosts: `web=deploy:${CANARY}@web` }],
    ['in a parameter', { parameters: `a=1\na=${CANARY}` }],
    ['as a key in the place of a host', { ...simple, hosts: `-----BEGIN OPENSSH PRIVATE KEY-----${CANARY}` }],
    [
      'as a whole key in the place of paths',
      { ...simple, smoke: `-----BEGIN OPENSSH PRIVATE KEY-----\n${CANARY}\nabc\n` },
    ],
    ['as a key in the reason', { reason: `see -----BEGIN OPENSSH PRIVATE KEY----- ${CANARY}` }],
    ['as a key in the place of a name', { environment: `-----BEGIN OPENSSH PRIVATE KEY-----${CANARY}` }],
    [
      'beside another mistake',
      { operation: 'plna', 'ssh-private-key': CANARY, 'ssh-passphrase': CANARY, token: CANARY },
    ],
  ])('%s', (_, raw) => {
    expect(refusal(raw).message).not.toContain(CANARY)
  })
})
