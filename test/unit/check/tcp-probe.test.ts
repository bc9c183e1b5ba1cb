import { expect, test } from 'vitest'
import { probeTcp } from '../../../src/check/tcp-probe.ts'
import { freePort, serve } from './serve.ts'

const options = { timeoutSeconds: 2 }

test('passes when something listens, and proves no more than that', async () => {
  const server = await serve(() => {})
  expect(await probeTcp('127.0.0.1', server.port, options)).toEqual({
    passed: true,
    detail: `connected to 127.0.0.1 port ${server.port}`,
    proof: 'weak',
  })
  expect((await probeTcp('localhost', server.port, options)).passed).toBe(true)
})

test('fails when nothing listens', async () => {
  const port = await freePort()
  expect(await probeTcp('127.0.0.1', port, options)).toMatchObject({
    passed: false,
    detail: `connection refused by 127.0.0.1:${port}`,
  })
})

test('ends in time when nobody ever says anything', async () => {
  const lookup = () => new Promise<never>(() => {})
  const verdict = await probeTcp('shop.invalid', 80, { timeoutSeconds: 0.1, lookup })
  expect(verdict).toMatchObject({ passed: false, detail: 'no connection within 0.1 s' })
})

test('the metadata service is not asked, by address or by name', async () => {
  const lookup = async () => [{ address: 'fd00:ec2::254', family: 6 }]
  for (const host of ['169.254.169.254', '[fd00:ec2::254]', 'metadata.invalid']) {
    expect(await probeTcp(host, 80, { ...options, lookup })).toMatchObject({
      passed: false,
      detail: expect.stringContaining('metadata service'),
    })
  }
})

test('an abort throws its reason', async () => {
  const reason = new Error('cancelled')
  const abort = new AbortController()
  const lookup = () => new Promise<never>(() => {})
  setTimeout(() => abort.abort(reason), 20)
  await expect(probeTcp('shop.invalid', 80, { ...options, lookup, signal: abort.signal })).rejects.toBe(
    reason,
  )
})
