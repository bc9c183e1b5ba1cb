import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shownText } from '../../../src/check/shown.ts'
import { Masker } from '../../../src/report/mask.ts'
import { secretForms } from '../../../src/report/secret-forms.ts'

const PASSWORD = 'p\'a"s\\s/w?ö rd+&<1>'
const masker = new Masker([{ name: 'DB_PASSWORD', value: PASSWORD }])

describe('a password never shows', () => {
  const b64 = (text: string): string => Buffer.from(text).toString('base64')
  test.each([
    ['as it is', `mysql -p${PASSWORD} fap`],
    ['in base64', `Authorization: ${b64(PASSWORD)}`],
    ['in base64 without padding', b64(PASSWORD).replace(/=+$/, '')],
    ['in base64 after one byte', b64(`:${PASSWORD}`)],
    ['in base64 after a user name', `Authorization: Basic ${b64(`fap:${PASSWORD}`)}`],
    ['in base64 with a line end', b64(`${PASSWORD}\n`)],
    ['in url-safe base64', Buffer.from(PASSWORD).toString('base64url')],
    ['in a query', `?password=${encodeURIComponent(PASSWORD)}&x=1`],
    ['in a form', new URLSearchParams({ p: PASSWORD }).toString().toLowerCase().replaceAll('%27', "'")],
    ['in an address', Object.assign(new URL('https://fap@db.example/'), { password: PASSWORD }).href],
    ['in JSON', JSON.stringify({ password: PASSWORD })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ password: PASSWORD }))],
    ['in the JSON of Python', `{"p": "p'a\\"s\\\\s/w?\\u00f6 rd+&<1>"}`],
    ['in the JSON of PHP', `{"p":"p'a\\"s\\\\s\\/w?\\u00f6 rd+&<1>"}`],
    ['in single quotes for a shell', `'${PASSWORD.replaceAll("'", "'\\''")}'`],
    ['in the trace of dash', `'${PASSWORD.replaceAll("'", `'"'"'`)}'`],
    ['in double quotes for a shell', `"${PASSWORD.replace(/["\\$`]/g, '\\$&')}"`],
    ['in printf %q', 'p\\\'a\\"s\\\\s/w\\?ö\\ rd+\\&\\<1\\>'],
    ['in SQL', `SET PASSWORD '${PASSWORD.replaceAll("'", "''")}'`],
    ['in HTML', 'p&#39;a&quot;s\\s/w?ö rd+&amp;&lt;1&gt;'],
    ['in hex', Buffer.from(PASSWORD).toString('hex')],
    ['in upper-case hex', Buffer.from(PASSWORD).toString('hex').toUpperCase()],
    ['in NFD', PASSWORD.normalize('NFD')],
  ])('%s', (_, text) => {
    const shown = masker.mask(text)
    expect(shown).toContain('***')
    for (const form of secretForms(PASSWORD)) expect(shown).not.toContain(form)
    // Nothing that could be guessed from is left: no run of the secret's own characters.
    expect(shown).not.toMatch(/rd\+|cyd|s\\s/)
  })

  test('whatever it is and wherever it stands', () => {
    const secret = fc
      .string({ unit: 'grapheme', minLength: 12, maxLength: 40 })
      .filter(value => value.trim().length >= 12)
    fc.assert(
      fc.property(
        secret,
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.string({ maxLength: 20 }),
        (value, before, after) => {
          const mine = new Masker([{ name: 'S', value }])
          const whole = Buffer.from(value.trim())
          const around = (text: string): string => mine.mask(before + text + after)
          expect(around(value)).not.toContain(value.trim())
          expect(around(JSON.stringify(value))).not.toContain(JSON.stringify(value.trim()).slice(1, -1))
          expect(around(encodeURIComponent(value))).not.toContain(encodeURIComponent(value.trim()))
          expect(around(whole.toString('hex'))).not.toContain(whole.toString('hex'))
          const encoded = Buffer.concat([
            Buffer.from(before.toWellFormed()),
            whole,
            Buffer.from(after),
          ]).toString('base64')
          const left = Buffer.from(mine.mask(encoded).replaceAll('***', '    '), 'base64')
          expect(left.includes(whole)).toBe(false)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('a private key', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const lines = pem.trim().split('\n')

  test('never shows, not even one line of it', () => {
    const key = new Masker([{ name: 'ssh-private-key', value: pem }])
    for (const line of lines.slice(1, -1)) expect(key.mask(`x ${line} y`)).toBe('x *** y')
    expect(key.mask(pem)).not.toContain(lines[3])
    const wrapped = Buffer.from(pem).toString('base64').replace(/.{76}/g, '$&\n')
    for (const line of wrapped.split('\n').slice(0, -1)) expect(key.mask(wrapped)).not.toContain(line)
  })

  test('written in one line with \\n never shows either', () => {
    const key = new Masker([{ name: 'ssh-private-key', value: lines.join('\\n') }])
    expect(key.mask(lines[2] ?? '')).toBe('***')
  })

  test('may be spoken of: its first line is no secret', () => {
    const key = new Masker([{ name: 'ssh-private-key', value: pem }])
    expect(key.mask('expected -----BEGIN PRIVATE KEY-----')).toBe('expected -----BEGIN PRIVATE KEY-----')
  })
})

describe('secrets that meet', () => {
  test('a secret inside another goes with it', () => {
    const both = new Masker([
      { name: 'A', value: 'tiger' },
      { name: 'B', value: 'scott-tiger-42' },
    ])
    expect(both.mask('scott-tiger-42 and tiger')).toBe('*** and ***')
  })

  test('two that overlap leave no rest of either', () => {
    const both = new Masker([
      { name: 'A', value: 'abcdef' },
      { name: 'B', value: 'defghi' },
    ])
    expect(both.mask('<abcdefghi>')).toBe('<***>')
  })

  test('the password of an address is one too', () => {
    const url = new Masker([{ name: 'DATABASE_URL', value: 'postgres://fap:t%40igris@db/fap' }])
    expect(url.mask('t@igris t%40igris')).toBe('*** ***')
  })
})

describe('a secret that a terminal would put together', () => {
  const tiger = new Masker([{ name: 'A', value: 'scott-tiger-42' }])

  test.each([
    ['a colour in it', 'x scott-\u001b[31mtiger\u001b[0m-42 y', 'x *** y'],
    ['a zero byte in it', 'scott\u0000-tiger-42\nnext', '***\nnext'],
    ['a title of the window in it', 'scott-\u001b]0;hello\u0007tiger-42', '***'],
  ])('%s', (_, text, shown) => {
    expect(tiger.mask(text)).toBe(shown)
    expect(tiger.holds(text)).toBe(true)
  })

  test('what holds none is left as it was printed', () => {
    const text = '\u001b[31mred\u001b[0m\ttext\r\nnext'
    expect(tiger.mask(text)).toBe(text)
    expect(tiger.holds(text)).toBe(false)
  })
})

describe('a secret of which a message had room for the beginning alone', () => {
  const tiger = new Masker([{ name: 'A', value: 'scott-tiger-42' }])

  test.each([
    ['it says "no such token scott-tiger-4…"', 'it says "no such token ***…"'],
    ['scott-…, and scott-tiger…', '***…, and ***…'],
    ['what scott…', 'what scott…'],
    ['scott-tiger', 'scott-tiger'],
  ])('%s', (text, shown) => {
    expect(tiger.mask(text)).toBe(shown)
  })

  test('as an answer that echoes it is shown', () => {
    const said = shownText(`${'x'.repeat(70)} scott-tiger-42`)
    expect(tiger.mask(said)).toBe(`${'x'.repeat(70)} ***…`)
  })
})

describe('what can not be a secret', () => {
  test.each([
    ['x', 'has only 1 characters'],
    ['main', 'is a common word'],
    ['True', 'is a common word'],
    ['deploy', 'is a common word'],
    ['rolled-back', 'is a common word'],
    ['5432', 'is a short number'],
  ])('%s is left alone, with a warning', (value, why) => {
    const careless = new Masker([{ name: 'TOKEN', value }])
    expect(careless.mask(`the ${value} thing`)).toBe(`the ${value} thing`)
    expect(careless.warnings).toEqual([
      `The secret TOKEN ${why}, so it is not masked. Give it a longer, random value.`,
    ])
  })

  test('an unset secret is no reason for a word', () => {
    expect(new Masker([{ name: 'TOKEN', value: '\n' }]).warnings).toEqual([])
  })

  test('a short line of a long secret is left alone without a word', () => {
    const json = new Masker([{ name: 'JSON', value: '{\n  "key": "tiger-42"\n}' }])
    expect(json.warnings).toEqual([])
    expect(json.mask('{ }')).toBe('{ }')
    expect(json.mask('"key": "tiger-42"')).toBe('***')
  })
})

describe('the record', () => {
  test('is masked wherever a string is, and nowhere else', () => {
    const tiger = new Masker([{ name: 'A', value: 'tiger-42' }])
    const value = { a: ['tiger-42', 1, null, true], b: { c: 'x tiger-42 y' } }
    expect(tiger.maskDeep(value)).toEqual({ a: ['***', 1, null, true], b: { c: 'x *** y' } })
    expect(value.b.c).toBe('x tiger-42 y')
  })
})

describe('the runner', () => {
  test('is told every form once, also of secrets that are read later', () => {
    const told: string[] = []
    const late = new Masker([{ name: 'A', value: "it's a tiger" }])
    late.registerSecrets(form => told.push(form))
    expect(told).toContain("it'\\''s a tiger")
    expect(told).toContain(Buffer.from("it's a tiger").toString('hex'))
    late.add([{ name: 'B', value: 'another-one' }])
    late.registerSecrets(form => told.push(form))
    expect(told).toContain('another-one')
    expect(new Set(told).size).toBe(told.length)
    for (const form of told) expect(form.length).toBeGreaterThanOrEqual(4)
  })
})
