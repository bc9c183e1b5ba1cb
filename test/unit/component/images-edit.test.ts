// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are what Compose reads.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { editFor } from '../../../src/component/images-edit.ts'
import { findImage, OddLine } from '../../../src/component/images-line.ts'
import type { EnvLine } from '../../../src/component/images-reader.ts'

const file = (text: string, name = 'compose.yml') => ({ name, sha256: '', text })
const NO_ENV: ReadonlyMap<string, EnvLine> = new Map()

/** The lines of `.env` that the host would tell. */
function envOf(text: string): ReadonlyMap<string, EnvLine> {
  const env = new Map<string, EnvLine>()
  let offset = 0
  for (const line of text.split('\n')) {
    const name = /^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1]
    if (name) env.set(name, { offset, line: line.replace(/\r$/, '') })
    offset += Buffer.byteLength(line) + 1
  }
  return env
}

/** The bytes of a text with one edit made. */
function edited(text: string, { offset, before, after }: ReturnType<typeof editFor>['edit']): string {
  const bytes = Buffer.from(text)
  const end = offset + Buffer.byteLength(before)
  expect(bytes.subarray(offset, end).toString()).toBe(before)
  return Buffer.concat([bytes.subarray(0, offset), Buffer.from(after), bytes.subarray(end)]).toString()
}

const change = (text: string, now: string, wanted: readonly string[], env = NO_ENV) =>
  editFor({ files: [file(text)], env }, 'web', now, wanted)

const web = (image: string): string =>
  `# ä\nservices:\n  web:\n    image: ${image}   # keep\n    init: true\n`

describe('the version is written in the Compose file', () => {
  test.each([
    ['plain', 'app:1.1', 'app:1.0'],
    ['double quotes', '"app:1.1"', '"app:1.0"'],
    ['single quotes', "'app:1.1'", "'app:1.0'"],
    ['without a tag', 'app', 'app:1.0'],
    [
      'a registry with a port',
      'registry.example.com:5000/team/app:1.1',
      'registry.example.com:5000/team/app:1.0',
    ],
  ])('%s', (_, before, after) => {
    const now = before.replace(/["']/g, '')
    const { edit, to } = change(web(before), now, [after.replace(/["']/g, '')])
    expect(edited(web(before), edit)).toBe(web(after))
    expect(to).toBe(after.replace(/["']/g, ''))
  })

  test('a digest in place of a tag, and back', () => {
    const digest = `app@sha256:${'a'.repeat(64)}`
    expect(edited(web('app:1.1'), change(web('app:1.1'), 'app:1.1', [digest]).edit)).toBe(web(digest))
    expect(edited(web(digest), change(web(digest), digest, ['app:1.1']).edit)).toBe(web('app:1.1'))
  })

  test('what stands there for a variable that is not set', () => {
    const { edit } = change(web('app:${TAG:-1.1}'), 'app:1.1', ['app:1.0'])
    expect(edited(web('app:${TAG:-1.1}'), edit)).toBe(web('app:${TAG:-1.0}'))
  })

  test('behind a variable that only names the registry', () => {
    const env = envOf('REGISTRY=r.example.com\n')
    const text = web('${REGISTRY}/app:1.1')
    const { edit } = change(text, 'r.example.com/app:1.1', ['r.example.com/app:1.0'], env)
    expect(edited(text, edit)).toBe(web('${REGISTRY}/app:1.0'))
  })

  test('an override file counts for more than the file below it', () => {
    const files = [
      file(web('app:1.1')),
      file('services: { web: { image: app:1.2 } }\n', 'compose.override.yml'),
    ]
    const { edit } = editFor({ files, env: NO_ENV }, 'web', 'app:1.2', ['app:1.0'])
    expect(edit.file).toBe('compose.override.yml')
  })
})

describe('the version comes from .env', () => {
  test.each([
    ['plain', 'TAG=1.1', 'TAG=1.0'],
    ['double quotes and a comment', 'TAG="1.1" # live', 'TAG="1.0" # live'],
    ['single quotes', "TAG='1.1'", "TAG='1.0'"],
    ['exported', 'export TAG=1.1', 'export TAG=1.0'],
    ['CRLF', 'TAG=1.1\r', 'TAG=1.0\r'],
    ['the last assignment counts', 'TAG=0.9\nTAG=1.1', 'TAG=0.9\nTAG=1.0'],
  ])('%s', (_, before, after) => {
    const text = (line: string) => `# für uns\nPASSWORD=s€cret\n${line}\nOTHER=1.1\n`
    const { edit } = change(web('app:${TAG:-2}'), 'app:1.1', ['app:1.0'], envOf(text(before)))
    expect(edit.file).toBe('.env')
    expect(edited(text(before), edit)).toBe(text(after))
  })

  test('a variable with words for when it is not set', () => {
    const text = 'TAG=1.1'
    const { edit } = change(web('app:${TAG:?say which one}'), 'app:1.1', ['app:1.0'], envOf(text))
    expect(edited(text, edit)).toBe('TAG=1.0')
  })

  test('a part of the tag', () => {
    const env = envOf('VERSION=1.1\n')
    expect(change(web('app:$VERSION-alpine'), 'app:1.1-alpine', ['app:1.0-alpine'], env).edit).toMatchObject({
      before: '1.1',
      after: '1.0',
    })
    expect(() => change(web('app:$VERSION-alpine'), 'app:1.1-alpine', ['app:1.0'], env)).toThrow(OddLine)
  })

  test('a digest stands behind a tag where one has to be', () => {
    const digest = `sha256:${'a'.repeat(64)}`
    const { edit, to } = change(
      web('app:${TAG}'),
      'app:1.1',
      [`app@${digest}`, `app:1.0@${digest}`],
      envOf('TAG=1.1\n'),
    )
    expect(edit.after).toBe(`1.0@${digest}`)
    expect(to).toBe(`app:1.0@${digest}`)
  })
})

describe('what can not be told is refused', () => {
  test.each([
    ['a variable that is not in .env', 'app:${TAG}'],
    ['a variable inside a default', 'app:${TAG:-${OTHER}}'],
    ['an image that Compose makes something else of', 'app:1.2'],
    ['escapes', '"app:1.\\x31"'],
    ['a folded text', '>-\n      app:1.1'],
  ])('%s', (_, image) => expect(() => change(web(image), 'app:1.1', ['app:1.0'])).toThrow(OddLine))

  test.each([
    [
      'an alias of a text',
      'x-image: &image app:1.1\nservices:\n  web:\n    image: *image\n',
      'says `*image`',
    ],
    [
      'a service that extends another',
      'services:\n  web: { extends: { service: base } }\n',
      'no image line for web',
    ],
    ['no YAML', 'services: [\n', 'is not YAML'],
  ])('%s', (_, text, why) => expect(() => change(text, 'app:1.1', ['app:1.0'])).toThrow(why))
})

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
const version = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}$/)
const service = fc.record({
  name: word,
  image: fc.tuple(word, version),
  quote: fc.constantFrom('', '"', "'"),
  note: fc.string({ maxLength: 12, unit: 'grapheme' }).map(text => text.replace(/\p{C}|\p{Z}|#/gu, '')),
})

test('of any Compose file exactly the one value changes, and every other byte stays', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(service, { minLength: 1, maxLength: 6, selector: each => each.name }),
      fc.nat(),
      version,
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      (services, which, wanted, eol, mark) => {
        const text = `${mark ? '\uFEFF' : ''}${[
          '# services',
          'services:',
          ...services.flatMap(({ name, image: [repository, tag], quote, note }) => [
            `  ${name}:  # ${note}`,
            `    image: ${quote}${repository}:${tag}${quote}  # ${note}`,
            `    labels: { note: ${JSON.stringify(note)} }`,
          ]),
          '',
        ].join(eol)}`
        const chosen = services[which % services.length]
        if (!chosen) return
        const [repository, tag] = chosen.image
        fc.pre(tag !== wanted)
        expect(findImage(text, chosen.name)?.text).toBe(`${repository}:${tag}`)
        const { edit } = editFor({ files: [file(text)], env: NO_ENV }, chosen.name, `${repository}:${tag}`, [
          `${repository}:${wanted}`,
        ])
        const after = edited(text, edit)
        const changed = parse(text) as { services: Record<string, { image: string }> }
        const own = changed.services[chosen.name]
        if (own) own.image = `${repository}:${wanted}`
        expect(parse(after)).toEqual(changed)
        expect(Buffer.byteLength(after) - Buffer.byteLength(text)).toBe(wanted.length - tag.length)
        expect(edited(after, { ...edit, before: edit.after, after: edit.before })).toBe(text)
      },
    ),
  )
})
