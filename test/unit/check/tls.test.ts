import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { probeHttp } from '../../../src/check/http-probe.ts'
import { serve } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'rollbook-tls-'))
const usual = getCACertificates('default')
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

beforeAll(() => {
  openssl(
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  )
  certificate('good', 'IP:127.0.0.1', 2)
  certificate('expired', 'IP:127.0.0.1', -1)
  certificate('other', 'DNS:other.example', 2)
  const names = ['-subj', '/CN=alone', '-addext', 'subjectAltName=IP:127.0.0.1']
  openssl('req', '-x509', ...key, '-days', '2', ...names, '-keyout', 'alone.key', '-out', 'alone.pem')
  setDefaultCACertificates([readFileSync(join(folder, 'ca.pem'), 'utf8')])
})

afterAll(() => {
  setDefaultCACertificates(usual)
  rmSync(folder, { recursive: true })
})

function certificate(name: string, names: string, days: number): void {
  writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${names}\n`)
  openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`]
  openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-days', `${days}`, '-out', `${name}.pem`)
}

async function serveWith(name: string): Promise<URL> {
  const read = (kind: string) => readFileSync(join(folder, `${name}.${kind}`))
  const server = createServer({ key: read('key'), cert: read('pem') }, (_, response) => response.end('ok'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

const probe = async (url: URL, headers = {}) => await probeHttp(url, { timeoutSeconds: 2, headers })

test('a certificate that is in order passes', async () => {
  expect(await probe(await serveWith('good'))).toMatchObject({ status: 200, body: 'ok' })
})

test.each([
  ['expired', 'TLS certificate expired'],
  ['other', 'TLS certificate is for another name (wrong name)'],
  ['alone', 'TLS certificate is self-signed'],
])('%s: %s', async (name, error) => {
  expect(await probe(await serveWith(name))).toEqual({ trouble: 'tls', error })
})

test('the name in a host header is the name that the certificate has to be for', async () => {
  expect(await probe(await serveWith('other'), { host: 'other.example' })).toMatchObject({ status: 200 })
  expect(await probe(await serveWith('good'), { host: 'other.example' })).toMatchObject({ trouble: 'tls' })
})

test('plain HTTP on a port that should speak TLS', async () => {
  const { port } = await serve((_, response) => response.end('ok'))
  expect(await probe(new URL(`https://127.0.0.1:${port}/`))).toMatchObject({ trouble: 'tls' })
})

test('from http to https on the same name is a redirect that is followed', async () => {
  const secure = await serveWith('good')
  const { url } = await serve((_, response) => response.writeHead(308, { location: secure.href }).end())
  expect(await probe(url)).toMatchObject({ status: 200, body: 'ok' })
})
