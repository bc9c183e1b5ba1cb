import { describe, expect, test } from 'vitest'
import { runbookFromInputs } from '../../../src/request/inputs-runbook.ts'
import { requestFrom } from '../../../src/request/validate.ts'
import { choose } from '../../../src/runbook/choose.ts'
import { loadRunbook } from '../../../src/runbook/load.ts'

const fromInputs = (raw: Readonly<Record<string, string>>) => {
  const { source, environment } = requestFrom(raw)
  if (source.kind !== 'inputs') throw new Error('no inputs')
  return runbookFromInputs(source, environment)
}

const withoutPlaces = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, each) => (key === 'position' || key === 'file' ? undefined : each)))

describe('inputs instead of a runbook', () => {
  const inputs = {
    url: 'https://shop.example.com',
    hosts: 'web-1=deploy@10.0.0.1\nweb-2=deploy@10.0.0.2:2222 via jump@bastion.example.com',
    path: '/var/www/shop',
    reload: 'php8.4-fpm\nnginx',
    smoke: '/healthz\nhttps://other.example.com/up',
  }

  test('compile to the same thing as the runbook that says the same', () => {
    const text = `
app: shop
environments:
  production:
    url: https://shop.example.com
    hosts:
      web-1: deploy@10.0.0.1
      web-2: deploy@10.0.0.2:2222 via jump@bastion.example.com
rollbacks:
  release:
    switch:
      - symlink: { path: /var/www/shop }
    start:
      - systemd: { reload: [php8.4-fpm] }
      - systemd: { reload: [nginx] }
    verify:
      - http: /healthz
      - http: https://other.example.com/up
`
    expect(withoutPlaces(fromInputs(inputs))).toEqual(withoutPlaces(loadRunbook(text, 'rollbook.yml')))
  })

  test('are called by their names where a file would have a position', () => {
    const { rollbacks, file } = fromInputs(inputs)
    expect(file).toBe('inputs')
    expect(rollbacks.release?.phases.verify[1]?.position).toEqual({
      file: 'inputs: smoke',
      line: 2,
      column: 1,
    })
  })

  test('make one environment, called as it was asked for', () => {
    const runbook = fromInputs({ ...inputs, environment: 'staging' })
    expect(Object.keys(runbook.environments)).toEqual(['staging'])
    expect(choose(runbook, { environment: 'staging' }).rollback.name).toBe('release')
  })

  test('with compose go back to other images of its services', () => {
    const compose = { hosts: 'deploy@web', compose: '/opt/shop', services: 'api\nweb' }
    expect(fromInputs(compose).rollbacks.release?.phases.switch).toMatchObject([
      { kind: 'images', value: { compose: '/opt/shop', services: ['api', 'web'], roll: false } },
    ])
  })
})
