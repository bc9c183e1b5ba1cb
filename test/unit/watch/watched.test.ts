import { describe, expect, test } from 'vitest'
import type { Lookup } from '../../../src/check/address.ts'
import { parseHost } from '../../../src/host/address.ts'
import type { Trigger } from '../../../src/runbook/triggers.ts'
import { watchedOf } from '../../../src/watch/watched.ts'
import { freePort, serve } from '../check/serve.ts'

/** A host on which the runner itself may be looked at. */
const HERE = parseHost('local')

const look = async (http: string, lookup?: Lookup) => {
  const trigger: Trigger = {
    when: { http },
    for: 60,
    action: 'rollback',
    position: { file: 'rollbook.yml', line: 1, column: 1 },
  }
  const [watched] = watchedOf([trigger], 'rollbook.yml', { hosts: [HERE] }, undefined, lookup)
  if (watched === undefined) throw new Error('nothing is watched')
  const reading = await watched.look(new AbortController().signal)
  return [watched.sight(reading), reading.said]
}

describe('one look at an address', () => {
  test.each([
    [200, 'clear'],
    [500, 'holds'],
    [404, 'holds'],
  ])('that answers %i', async (status, sight) => {
    const { url } = await serve((_, response) => response.writeHead(status).end())
    expect(await look(url.href)).toEqual([sight, expect.stringContaining(String(status))])
  })

  test('where nobody listens', async () => {
    expect(await look(`http://127.0.0.1:${await freePort()}/`)).toEqual([
      'holds',
      expect.stringContaining('connection refused'),
    ])
  })

  test.each<[string, Lookup, string]>([
    ['does not resolve', () => Promise.reject(failure('ENOTFOUND')), 'the name does not resolve'],
    ['nobody can look up', () => Promise.reject(failure('EAI_AGAIN')), 'the name server does not answer'],
    ['waits for a name server', () => new Promise(() => {}), 'the name server does not answer'],
  ])('whose name %s says nothing of the server', async (_, lookup, said) => {
    expect(await look('http://shop.invalid/healthz', lookup)).toEqual(['unknown', said])
  })
})

const failure = (code: string): Error => Object.assign(new Error('no'), { code })
