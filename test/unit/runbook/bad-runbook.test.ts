// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub Actions and of shells
import { describe, expect, test } from 'vitest'
import { FILE, load, refusal, runbook } from './fixture.ts'

const good = runbook()
const verify = (item: string) => runbook(`verify:\n  - ${item}`)
const start = (item: string) => runbook(`start:\n  - ${item}`)
const change = (item: string) => good.replace('symlink: { path: /var/www/shop }', item)

describe('one mistake in a runbook: the field, what was given, what is expected, what would work', () => {
  test.each([
    // names and keys
    ['app: Given "my shop". A name has', 'my-shop would work', good.replace('app: shop', 'app: my shop')],
    ['app: Given nothing.', 'Expected the name of the app', good.replace('app: shop', 'app:')],
    ['app: This key is missing', '', good.replace('app: shop\n', '')],
    ['app: Given 012.', 'put it in quotes', good.replace('app: shop', 'app: 012')],
    ['app: Given 2001.', 'put it in quotes', good.replace('app: shop', 'app: 2001')],
    ['rollbacks.release.swtich: Unknown key.', 'Did you mean "switch"?', runbook('swtich: []')],
    ['enviroments: Unknown key.', 'Did you mean "environments"?', runbook('', 'enviroments: {}')],
    ['rollbacks.release.colour: Unknown key.', 'Known here: title, rto', runbook('colour: red')],
    [
      'rollbacks.toString: This takes nothing back',
      'neither switch nor include',
      runbook('', '  toString: { rto: 5m }'),
    ],
    ['checks.a b: Given "a b".', 'a-b would work', runbook('', 'checks: { a b: [ { http: / } ] }')],
    // environments
    [
      'environments: Given a list.',
      'not a list',
      good.replace(/environments:[\s\S]*rollbacks/, 'environments: [a]\nrollbacks'),
    ],
    [
      'production.url: Given "shop.example.com".',
      'Did you mean https://shop.example.com?',
      good.replace('https://', ''),
    ],
    ['production.url: Given "ftp://', 'Write a URL such as', good.replace('https://', 'ftp://')],
    [
      'production.hosts.web-1: Host "web-1.example.com"',
      'deploy@web-1.example.com',
      good.replace('deploy@', ''),
    ],
    [
      'production.hosts.web-2: This is the same machine',
      'web-1',
      good.replace('deploy@web-2', 'deploy@web-1'),
    ],
    ['production.hosts.host: A host cannot be called', 'each host', good.replace('web-1:', 'host:')],
    ['production.hosts: Given a list.', 'not a list', good.replace(/hosts: .*/, 'hosts: [deploy@web-1]')],
    ['on-lost-contact: Given "kep".', 'Did you mean "keep"?', runbook('on-lost-contact: kep')],
    ['hold: Given "everything".', 'Expected release, all or none', runbook('hold: everything')],
    ['state: Given "~/state".', '~ is not expanded', runbook('', 'state: ~/state')],
    // times and numbers
    ['rto: Given "5 minutes".', 'Did you mean 5m?', runbook('rto: 5 minutes')],
    ['rto: Given "1h30".', 'Did you mean 90m?', runbook('rto: 1h30')],
    ['rto: Given 30.', 'Did you mean 30s?', runbook('rto: 30')],
    ['rto: Given -5.', 'Expected a time', runbook('rto: -5')],
    ['rto: Given .nan.', 'Expected a time', runbook('rto: .nan')],
    ['rto: Given "48h".', 'at most 24h', runbook('rto: 48h')],
    ['rto: Given "0s".', 'longer than nothing', runbook('rto: 0s')],
    ['rto: Given a list.', 'Expected a time', runbook('rto: [5m]')],
    ['attempts: Given "3".', 'without quotes', verify('{ http: /, attempts: "3" }')],
    ['attempts: Given 1e9.', 'from 1 to 1000', verify('{ http: /, attempts: 1e9 }')],
    ['attempts: Given .inf.', 'from 1 to 1000', verify('{ http: /, attempts: .inf }')],
    // items
    ['verify[0]: Given "/healthz".', 'such as "- http: …"', verify('/healthz')],
    ['verify[0].htpp: Unknown kind.', 'Did you mean "http"?', verify('htpp: /healthz')],
    ['start[0].htpp: Unknown kind.', 'Did you mean "http"? It cannot stand here', start('htpp: /healthz')],
    ['start[0].http: http belongs to verify, not to start', '', start('http: /healthz')],
    ['start[0].toString: Unknown kind', 'Known here', start('toString: x')],
    ['start[0]: This item does nothing', 'Expected one of systemd', start('as: nothing')],
    ['start[0]: One item does one thing', 'run and nginx', start('{ run: ls, nginx: reload }')],
    [
      'start[0].on: There is no host called "web-3"',
      'Did you mean "web-',
      start('{ nginx: reload, on: web-3 }'),
    ],
    ['start[0].timeout: Given 30.', 'Did you mean 30s?', start('{ nginx: reload, timeout: 30 }')],
    ['start[0].tiemout: Unknown key.', 'Did you mean "timeout"?', start('{ nginx: reload, tiemout: 30s }')],
    ['start[0].nginx: Given "relaod".', 'Did you mean "reload"?', start('nginx: relaod')],
    ['start[0].systemd.reload: Given "nginx".', 'such as [nginx]', start('systemd: { reload: nginx }')],
    [
      'systemd.reload[0]: Given "nginx;id".',
      'has no ; in its name',
      start('systemd: { reload: ["nginx;id"] }'),
    ],
    ['systemd.reload[0]: Given "-H".', 'starts with a letter', start('systemd: { reload: ["-H"] }')],
    ['start[0].systemd: Given a map.', 'exactly one of', start('systemd: { reload: [a], stop: [b] }')],
    ['start[0].systemd: active only looks', 'belongs to verify', start('systemd: { active: [nginx] }')],
    ['verify[0].systemd: verify only looks', '{ active: [...] }', verify('systemd: { reload: [nginx] }')],
    [
      'start[0].compose: Given a map.',
      'exactly one of',
      start('compose: { path: /a, start: [web], build: [web] }'),
    ],
    ['start[0].compose: A service that is stopped', '', start('compose: { path: /a, stop: [web] }')],
    ['compose.start[0]: Given "web;id".', '', start('compose: { path: /a, start: ["web;id"] }')],
    [
      'compose.file: Given "../a.yml".',
      'a slash',
      start('compose: { path: /a, file: ../a.yml, start: [web] }'),
    ],
    ['start[0].run: Given "".', 'The script is empty', start('run: ""')],
    [
      'backup[1]: The line names its file, and another files is on it.',
      'Give each its own line.',
      runbook('backup: [ { files: [/a] }, { files: [/b] } ]'),
    ],
    ['backup[0].files: .env is relative', 'say with "in"', runbook('backup:\n  - files: [.env]')],
    // switching
    ['switch[0].run: A script that switches needs "undo"', '', change('run: ./switch.sh')],
    [
      'switch[0].severity: What switches works or is undone',
      '',
      change('{ symlink: { path: /a }, severity: warn }'),
    ],
    ['symlink.path: Given "var/www/shop".', 'starting with /', change('symlink: { path: var/www/shop }')],
    ['symlink.path: Given "//srv///app/".', '/srv/app', change('symlink: { path: //srv///app/ }')],
    ['symlink: Given a map.', 'either path', change('symlink: {}')],
    ['symlink.choices: Given a list.', 'not a list', change('symlink: { link: /a, choices: [/b, /c] }')],
    ['symlink: Given a map.', 'two or more choices', change('symlink: { link: /a, choices: { b: /b } }')],
    [
      'symlink.choices.current: Given "current".',
      'deploy tools keep',
      change('symlink: { link: /a, choices: { current: /b, c: /c } }'),
    ],
    [
      'images.services: Given an empty list.',
      'The list is empty',
      change('images: { compose: /a, services: [] }'),
    ],
    ['images.services: Given a list.', 'twice', change('images: { compose: /a, services: [web, web] }')],
    ['images.services[0]: Given "--all".', 'letter', change('images: { compose: /a, services: [--all] }')],
    // checks
    ['http: Given "healthz".', 'Did you mean /healthz?', verify('http: healthz')],
    [
      'http: Given "shop.example.com/up".',
      'Did you mean https://shop.example.com/up?',
      verify('http: shop.example.com/up'),
    ],
    ['http: Given "file:///etc/passwd".', 'Write a URL such as', verify('http: file:///etc/passwd')],
    ['http: Given "http://169.254.169.254/".', 'metadata service', verify('http: http://169.254.169.254/')],
    ['http: Given "https://', 'Variables are not expanded', verify('http: "https://${HOST}/up"')],
    ['expect.status: Given 999.', "such as 200, '2xx'", verify('{ http: /, expect: { status: 999 } }')],
    ['expect.status: Given "299-200".', '200-299', verify('{ http: /, expect: { status: 299-200 } }')],
    [
      'expect.header.X-A: Given',
      'no line breaks',
      verify('{ http: /, expect: { header: { X-A: "a\\r\\nb" } } }'),
    ],
    [
      'expect.header.a b: Given "a b".',
      'name of a header',
      verify('{ http: /, expect: { header: { a b: c } } }'),
    ],
    ['verify[0].expect: Given a map.', 'at least one of', verify('{ http: /, expect: {} }')],
    [
      'verify[0].from: There is no host called "web1"',
      'Did you mean "web-1"?',
      verify('{ http: /, from: web1 }'),
    ],
    ['verify[0].tcp: Given "22:22".', 'Expected host:port', verify('tcp: 22:22')],
    ['verify[0].tcp: Given 65536.', 'from 1 to 65535', verify('tcp: 65536')],
    ['verify[0].tcp: From the runner a port alone', 'host:5432', verify('{ tcp: 5432, from: runner }')],
    ['any[0].tail: tail cannot stand here', 'http, tcp, run', verify('any: [ { tail: /var/log/x } ]')],
    ['any[0].on: There is no host called "db"', '', verify('any: [ { tcp: 1, on: db } ]')],
    [
      'verify[0].use: There is no list of checks called "helthy"',
      'Did you mean "healthy"?',
      runbook('verify: helthy', 'checks: { healthy: [ { http: / } ] }'),
    ],
    ['verify[0].use: There is no list of checks called "x"', '', verify('use: x')],
    ['verify: Given true.', 'or the name of one', runbook('verify: true')],
    [
      'checks.a: Given a list.',
      'more than 200 entries',
      runbook('', `checks:\n  a:\n${'    - http: /\n'.repeat(10_000)}`),
    ],
    // references and circles
    ['escalate: There is no rollback called "lvl-2"', '', runbook('escalate: lvl-2')],
    ['escalate: This leads back to itself: release → release', '', runbook('escalate: release')],
    [
      'checks.a: This leads back to itself: a → b → a',
      '',
      runbook('', 'checks: { a: [ { use: b } ], b: [ { use: a } ] }'),
    ],
    [
      'include: This leads back to itself: all → more → all',
      '',
      runbook('', '  all: { include: [more] }\n  more: { include: [all, release] }'),
    ],
    [
      'backup[0].database: There is no database called "mian"',
      'Did you mean "main"?',
      runbook(
        'backup:\n  - database: mian',
        'databases: { main: { mysql: { url: { env: DATABASE_URL } } } }',
      ),
    ],
    // left unexpanded
    [
      'symlink.path: An expression',
      'nobody expands it here',
      change('symlink: { path: "/srv/${{ inputs.app }}" }'),
    ],
    ['confirm: An expression', '{ input: name }', runbook('confirm: "{{ phrase }}"')],
    ['start[0].run: An expression', 'nobody expands it here', start('run: echo ${{ github.sha }}')],
  ])('%s … %s', (field, words, text) => {
    const { message, problems } = refusal(text)
    expect(message).toContain(field)
    expect(message).toContain(words)
    expect(problems).toHaveLength(1)
    expect(message).toMatch(
      /^\.github\/rollbook\.yml has 1 problem\. No host was contacted, nothing was changed\.\n/,
    )
    expect(message.split('\n')[1]).toMatch(/^\.github\/rollbook\.yml:\d+:\d+ /)
  })
})

describe('all mistakes of a file', () => {
  const { problems, message, remedy } = refusal(
    [
      'app: my shop',
      'environments:',
      '  production:',
      '    hosts: { web-1: web-1.example.com }',
      'rollbacks:',
      '  release:',
      '    rto: 5 minutes',
      '    swtich:',
      '      - symlink: { pth: /var/www/shop, fooo: 1 }',
      '    verify:',
      '      - htpp: /healthz',
      '      - use: healthy',
    ].join('\n'),
  )

  test('are told in one message, in the order of the file, each at its place', () => {
    expect(problems.map(({ position: { line, column }, field }) => `${line}:${column} ${field}`)).toEqual([
      '1:6 app',
      '4:21 environments.production.hosts.web-1',
      '7:10 rollbacks.release.rto',
      '8:5 rollbacks.release.swtich',
      '11:9 rollbacks.release.verify[0].htpp',
      '12:14 rollbacks.release.verify[1].use',
    ])
    expect(message).toContain(`${FILE} has 6 problems.`)
    expect(remedy).toEqual([`Correct ${FILE} and run again.`])
  })

  test('two unknown keys of one map are two problems, without an echo about the map', () => {
    const two = refusal(change('symlink: { pth: /var/www/shop, fooo: 1 }'))
    expect(two.problems.map(({ field }) => field)).toEqual([
      'rollbacks.release.switch[0].symlink.pth',
      'rollbacks.release.switch[0].symlink.fooo',
    ])
  })
})

describe('what is odd but right', () => {
  test.each([
    ['a template of docker in a script', start("run: docker ps --format '{{.Names}}'")],
    ['a variable of the shell in a script', start('run: echo "${ROLLBOOK_TO}"')],
    ['an expected key called token', verify('{ http: /, expect: { json: { token: abc, password: null } } }')],
    ['a status as a range in a list', verify("{ http: /, expect: { status: [200, '3xx', 404-410] } }")],
    ['a port in quotes', verify('tcp: "5432"')],
    [
      'a jump host',
      good.replace('deploy@web-1.example.com', 'deploy@10.0.0.5 via jump@bastion.example.com:2222'),
    ],
    ['an address in IPv6', good.replace('deploy@web-1.example.com', '"deploy@[2001:db8::1]:2222"')],
    ['an encoded path', verify('http: /a%2fb?c=d')],
    ['a version proof', verify('{ http: /, expect: { header: { X-Release: "$ROLLBOOK_TO" } } }')],
  ])('%s loads', (_, text) => {
    expect(load(text).app).toBe('shop')
  })
})
