import { expect, test } from 'vitest'
import { type Stage, setback } from '../../../src/host/contact.ts'
import { mayBeMissing } from '../../../src/rollback/left-out.ts'
import { runbookOf, settingOf } from './fixture.ts'

const setting = settingOf(runbookOf({}, undefined, { 'allow-missing': ['web-2'] }))
const wentWrong = (stage: Stage, more: { expired?: number; code?: string }) =>
  setback(Object.assign(new Error('so it is'), { code: more.code }), {
    place: 'web-2 (deploy@web-2:22)',
    stage,
    identity: 'the key ssh-ed25519 SHA256:x',
    expired: more.expired,
    broken: undefined,
  }).refusal

test.each<[string, Stage, { expired?: number; code?: string }, boolean]>([
  ['no way there', 'reach', { code: 'ENETUNREACH' }, true],
  ['nothing is heard of it', 'reach', { expired: 30 }, true],
  ['somebody takes the connection, and says nothing', 'handshake', { expired: 30 }, true],
  ['it hangs up', 'handshake', { code: 'ETIMEDOUT' }, false],
  ['it has shown its key, and takes too long to let us in', 'authentication', { expired: 30 }, false],
  ['it lets us in, and takes too long to start anything', 'courier', { expired: 30 }, false],
])('%s: is a host left out that may be missing?', (_, stage, more, missing) => {
  const error = wentWrong(stage, more)
  expect(mayBeMissing(setting, { host: 'web-2', error })).toBe(missing)
  expect(mayBeMissing(setting, { host: 'web-1', error })).toBe(false)
})
