import { describe, expect, test } from 'vitest'
import { load, refusal, runbook } from './fixture.ts'

const good = runbook()

describe('a file that is not a runbook in YAML', () => {
  test.each([
    ['empty', '', 1, 1, 'The file is empty'],
    ['only a comment', '# todo\n', 1, 1, 'Expected a map with app'],
    ['a list', '- app: shop', 1, 1, 'Expected a map (key: value), not a list'],
    ['a text', 'hello', 1, 1, 'Given "hello". Expected a map with app'],
    ['tabs', 'app: shop\nenvironments:\n\tproduction: {}', 3, 1, 'A tab is used for indentation'],
    ['a duplicate key', `${good}\napp: shop`, 12, 1, 'here for the second time'],
    ['a duplicate key deep down', runbook('rto: 5m\nrto: 6m'), 11, 5, 'here for the second time'],
    ['an unknown reference', `${good}\naudit: *nope`, 12, 8, 'There is no anchor'],
    ['a reference to what it is in', `${good}\naudit: &a { b: *a }`, 12, 16, 'refers to what it is part of'],
    ['a tag that runs code', `${good}\naudit: !!js/function "x"`, 12, 8, 'Tags are not supported'],
    ['a binary', `${good}\naudit: !!binary "aGk="`, 12, 8, 'Tags are not supported'],
    ['two documents', `${good}\n---\napp: b`, 12, 1, 'A second document'],
    ['YAML 1.1', `%YAML 1.1\n---\n${good}`, 1, 1, 'Expected YAML 1.2'],
    ['a merge key', `${good}\naudit: { <<: { a: 1 } }`, 12, 10, 'Merge keys are not supported'],
    ['an unclosed bracket', 'app: [a\nb: 1', 2, 1, 'a bracket is not closed'],
    ['a text with a colon', 'app: a: b', 1, 6, 'must be in quotes'],
    ['a list as a key', '[a, b]: c', 1, 1, 'A key must be a plain text'],
    ['UTF-16', 'a\0p\0p\0', 1, 2, 'not text in UTF-8'],
    ['Latin-1', Buffer.from('app: caf\xe9', 'latin1').toString('utf8'), 1, 9, 'not text in UTF-8'],
    ['2 MiB', '#'.repeat(2 * 1024 * 1024), 1, 1, 'larger than 1 MiB'],
    ['10,000 brackets', `audit: ${'['.repeat(10_000)}`, 1, undefined, 'nested too deeply'],
    ['100 nested lists', `audit: ${'['.repeat(100)}${']'.repeat(100)}`, 1, undefined, 'nested too deeply'],
    ['5,000 braces', '{'.repeat(5000), 1, undefined, 'nested too deeply'],
    ['__proto__', `${good}\n__proto__: { polluted: yes }`, 12, 1, '__proto__: This name cannot be a key'],
    ['constructor', `${good}\nconstructor: {}`, 12, 1, 'constructor: This name cannot be a key'],
  ])('%s', (_, text, line, column, words) => {
    const refused = refusal(text)
    expect(refused.message).toContain(words)
    const position = refused.problems[0]?.position
    expect(position?.line).toBe(line)
    if (column !== undefined) expect(position?.column).toBe(column)
  })

  test('an alias bomb is refused before it is unfolded', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1]']
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg']) {
      bomb.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(',')}]`)
    }
    expect(refusal(bomb.join('\n')).message).toContain('more than 100 references')
  })

  test('30,000 wrong keys are refused at once, and 50 of them are named', () => {
    const keys = Array.from({ length: 30_000 }, (_, at) => `k${at}: 1`)
    expect(refusal(keys.join('\n')).problems.length).toBeLessThan(60)
  })

  test('nothing is polluted by __proto__', () => {
    refusal(`${good}\n__proto__: { polluted: yes }`)
    expect('polluted' in {}).toBe(false)
  })

  test('what an editor on Windows does is fine: a byte order mark, and CRLF', () => {
    expect(load(`\uFEFF${good.replaceAll('\n', '\r\n')}`)).toEqual(load(good))
  })

  test('yes and on are texts in YAML 1.2, and the answer says what was meant', () => {
    const refused = refusal(good.replace('    hosts:', '    drills: yes\n    hosts:'))
    expect(refused.message).toContain('drills: Given "yes". Expected true or false. Did you mean true?')
  })
})
