import { describe, expect, test } from 'vitest'
import { load } from './fixture.ts'

const head = 'app: shop\nenvironments: { production: { hosts: { web: deploy@web } } }\n'
const rollbackOf = (text: string, name: string) => {
  const rollback = load(head + text).rollbacks[name]
  if (rollback === undefined) throw new Error(`no rollback ${name}`)
  return rollback
}

describe('include', () => {
  const text = `
rollbacks:
  base:
    switch: [ { symlink: { path: /srv/base } } ]
    stop: [ { systemd: { stop: [worker] } } ]
    start: [ { systemd: { start: [worker] } }, { nginx: reload } ]
    verify: [ { any: [ { http: https://a.example.com/ } ] } ]
  web:
    include: [base]
    switch: [ { symlink: { path: /srv/web } } ]
    stop: [ { systemd: { stop: [worker] } } ]
    start: [ { nginx: reload }, { systemd: { start: [web] } } ]
    verify: [ { any: [ { http: https://a.example.com/ } ] } ]
  api:
    include: [base]
    confirm: yes, the api
    data-loss: true
    switch: [ { run: ./flip, undo: ./flop }, { run: ./flip, undo: ./flop } ]
  all:
    include: [web, api]
    rto: 1m
    resume: [ { run: ./hello } ]
`
  const all = rollbackOf(text, 'all')

  test('merges phase by phase, and what two of them include is switched once', () => {
    expect(all.phases.switch.map(item => item.value)).toEqual([
      { path: '/srv/base' },
      { path: '/srv/web' },
      './flip',
      './flip',
    ])
  })

  test('says the same stop, start and check once, wherever it was written', () => {
    expect(all.phases.stop).toHaveLength(1)
    expect(all.phases.start.map(item => item.value)).toEqual([
      { verb: 'start', units: ['worker'] },
      'reload',
      { verb: 'start', units: ['web'] },
    ])
    expect(all.phases.verify).toHaveLength(1)
  })

  test('keeps what protects: the phrase and the loss of data of a part are those of the whole', () => {
    expect(all).toMatchObject({ confirm: 'yes, the api', dataLoss: true, rto: 60, include: ['web', 'api'] })
    expect(rollbackOf(text, 'web')).toMatchObject({ confirm: undefined, dataLoss: false })
  })

  test('thirty levels that each include the next one twice are no explosion', () => {
    const levels = Array.from({ length: 30 }, (_, at) => `  r${at}: { include: [r${at + 1}, r${at + 1}] }`)
    const last = '  r30: { switch: [ { symlink: { path: /srv/a } } ] }'
    expect(rollbackOf(`rollbacks:\n${levels.join('\n')}\n${last}`, 'r0').phases.switch).toHaveLength(1)
  })
})

describe('use', () => {
  const text = `
checks:
  alive: [ { http: https://a.example.com/up } ]
  fine: [ { use: alive }, { tcp: a.example.com:443 }, { use: alive } ]
rollbacks:
  a:
    switch: [ { symlink: { path: /srv/a } } ]
    verify: [ { use: fine }, { http: https://a.example.com/ } ]
`
  test('puts the items of the list in its place, with the positions of the list', () => {
    expect(rollbackOf(text, 'a').phases.verify.map(item => [item.kind, item.position.line])).toEqual([
      ['http', 5],
      ['tcp', 6],
      ['http', 10],
    ])
  })

  test('`verify: fine` says the same as `verify: [ { use: fine } ]`', () => {
    const short = text.replace('[ { use: fine }, { http: https://a.example.com/ } ]', 'fine')
    const long = text.replace(', { http: https://a.example.com/ } ]', ' ]')
    expect(rollbackOf(short, 'a')).toEqual(rollbackOf(long, 'a'))
  })

  test('thirty lists that each use the next one twice are no explosion', () => {
    const lists = Array.from(
      { length: 30 },
      (_, at) => `  c${at}: [ { use: c${at + 1} }, { use: c${at + 1} } ]`,
    )
    const last = '  c30: [ { tcp: a.example.com:443 } ]'
    const rollbacks = 'rollbacks: { a: { switch: [ { symlink: { path: /srv/a } } ], verify: c0 } }'
    const text = `checks:\n${lists.join('\n')}\n${last}\n${rollbacks}`
    expect(rollbackOf(text, 'a').phases.verify).toHaveLength(1)
  })
})
