import { describe, expect, test } from 'vitest'
import { chooseDrill } from '../../../src/operation/drill-setting.ts'
import { loadRunbook } from '../../../src/runbook/load.ts'

const runbook = (drills: string, environment = 'drills: true', verify = '[{ http: /healthz }]') =>
  loadRunbook(
    [
      'app: shop',
      'environments:',
      '  staging:',
      '    url: https://staging.example.com',
      ...(environment === '' ? [] : [`    ${environment}`]),
      '    hosts: { web: deploy@staging.example.com }',
      'rollbacks:',
      '  release:',
      '    switch: [{ symlink: { path: /srv/shop } }]',
      ...(verify === '' ? [] : [`    verify: ${verify}`]),
      'drills:',
      `  monthly: ${drills}`,
      '  weekly: [{ rollback: release }]',
    ].join('\n'),
    'rollbook.yml',
  )

describe('the section drills', () => {
  test('becomes scenarios, whose break is a step like any other', () => {
    const { drills } = runbook(
      '[{ rollback: release, as: Bad deploy, break: "false", in: /srv, timeout: 5s, broken: { http: /, expect: { failing: true } } }]',
    )
    expect(drills.monthly).toMatchObject([
      {
        title: 'Bad deploy',
        target: 'previous',
        breaks: { kind: 'run', value: 'false', in: '/srv', timeout: 5, position: { line: 12 } },
        broken: [{ kind: 'http', value: '/' }],
      },
    ])
  })

  test.each([
    ['[{ rollback: relase }]', 'There is no rollback called "relase". Did you mean "release"?'],
    ['[{ rollback: release, broken: { http: / } }]', 'Without "break" nothing is broken that could be seen.'],
    ['[{ rollback: release, in: /srv }]', 'This says how "break" runs, and there is none.'],
    ['[{ rollback: release, break: "true", on: wbe }]', 'There is no host called "wbe". Did you mean "web"?'],
    ['[{ rollback: release, break: "true", broken: { htp: / } }]', 'Unknown kind. Did you mean "http"?'],
    ['[{ rollback: release, breaks: "true" }]', 'Unknown key. Did you mean "break"?'],
    ['[]', 'The list is empty.'],
    ['[{ rollback: release, target: ../x }]', 'has a slash'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub Actions
    ['[{ rollback: release, break: "echo ${{ x }}" }]', 'An expression'],
  ])('%s', (given, words) => {
    expect(() => runbook(given)).toThrow(words)
  })
})

describe('which drill is meant', () => {
  const two = runbook('[{ rollback: release }]')

  test('one of several has to be named, and a slip is told with what was meant', () => {
    expect(() => chooseDrill(two, {})).toThrow('has monthly and weekly')
    expect(() => chooseDrill(two, { drill: 'montly' })).toThrow('Did you mean "monthly"?')
    expect(chooseDrill(two, { drill: 'weekly' }).name).toBe('weekly')
  })

  test.each([
    ['', 'does not say drills: true'],
    ['drills: true\n    confirm: shop', 'a phrase to confirm'],
  ])('not everywhere: %s', (environment, words) => {
    expect(() => chooseDrill(runbook('[{ rollback: release }]', environment), { drill: 'monthly' })).toThrow(
      words,
    )
  })

  test.each(['{ drills: false', '{ drills: true, confirm: shop'])(
    'not on a host that an environment of %s } has as well, whoever logs in there',
    other => {
      const shared = `drills: true\n    hosts: { web: deploy@staging.example.com }\n  production: ${other}, hosts: { app: "root@Staging.example.com:22" } }\n  other:`
      const given = runbook('[{ rollback: release }]', shared)
      expect(() => chooseDrill(given, { environment: 'staging', drill: 'monthly' })).toThrow(
        'web of the environment staging is also a host of production',
      )
    },
  )

  test.each(['', '[{ http: /healthz, severity: warn }]'])(
    'not without a check that can fail: nobody would see whether anything works (%s)',
    verify => {
      const given = runbook('[{ rollback: release }]', 'drills: true', verify)
      expect(() => chooseDrill(given, { drill: 'monthly' })).toThrow(
        'is the rollback release, which has no check in `verify` that can fail it',
      )
    },
  )

  test('a check that does not fit the environment is told before anything is called', () => {
    const given = runbook('[{ rollback: release, break: "true", broken: { http: "http://localhost/" } }]')
    expect(() => chooseDrill(given, { drill: 'monthly' })).toThrow(
      'From the runner this address is the runner itself',
    )
  })
})
