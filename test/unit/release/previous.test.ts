import { describe, expect, test } from 'vitest'
import { NoPrevious, OrderUnknown } from '../../../src/release/previous.ts'
import { begun, folder, previous, published, thrownBy, touched } from './fixture.ts'

describe('previous, where other tools go wrong', () => {
  test('an old release that somebody touched is not the newest', () => {
    expect(previous(touched(folder('39 40 41 42*'), '39')).to).toBe('41')
  })

  test('the newest release was never published: the way back starts at the live one', () => {
    const facts = folder('3@aaaaaaa 4@bbbbbbb* 5@ccccccc', { revisionsLog: published('3', '4') })
    const choice = previous(facts)
    expect(choice).toMatchObject({ from: '4', to: '3', fromCommit: 'bbbbbbb', toCommit: 'aaaaaaa' })
    expect(choice.passedOver).toContainEqual({ name: '5', why: 'was never published, says revisions.log' })
  })

  test('twice in a row goes back twice, and the bad one stays bad', () => {
    const first = ['good 3', 'good 4', 'good 5', 'rolled-back 4 from 5 run a', 'bad 5 run a']
    expect(previous(folder('3 4* 5'), ...first).to).toBe('3')
    const second = [...first, 'rolled-back 3 from 4 run b', 'bad 4 run b']
    expect(previous(folder('2 3* 4 5'), ...second).to).toBe('2')
  })

  test('twice in a row without any record of the deploys', () => {
    expect(previous(folder('2 3 4* 5'), 'rolled-back 4 from 5 run a', 'bad 5 run a').to).toBe('3')
  })

  test('an explicit jump from 5 to 3, then the default: 2, and never forward to 4', () => {
    const jumped = [
      'good 1',
      'good 2',
      'good 3',
      'good 4',
      'good 5',
      'rolled-back 3 from 5 run a',
      'bad 5 run a',
    ]
    expect(previous(folder('1 2 3* 4 5'), ...jumped).to).toBe('2')
    expect(previous(folder('1 2 3* 4 5'), ...jumped.slice(-2)).to).toBe('2')
  })

  test('A good, B bad, back to A, then C: the way back from C is A, not B again', () => {
    const story = ['good A', 'rolled-back A from B run a', 'bad B run a', 'good C']
    const choice = previous(folder('A B C*'), ...story)
    expect(choice).toMatchObject({ to: 'A', why: 'A was live before C (ledger)' })
  })

  test('two failed deploys in a row: back to the one that passed', () => {
    expect(previous(folder('42 43 44*'), 'good 42', 'started 43', 'started 44').to).toBe('42')
    const choice = previous(folder('42 43 44*'), 'good 42', 'started 43 from 42', 'started 44 from 43')
    expect(choice.to).toBe('42')
    expect(choice.passedOver).toEqual([
      { name: '43', why: 'was begun by a deploy that was never reported good' },
    ])
  })

  test('a deploy that broke half-way has left a folder with nothing in it, or without its REVISION', () => {
    expect(previous(folder('40 41? 42*')).to).toBe('40')
    expect(previous(folder('40@aaaaaaa 41 42@ccccccc*')).to).toBe('40')
    expect(previous(folder('40 41~ 42*')).to).toBe('40')
  })

  test('Capistrano’s temporary link, left behind in releases/, is no release', () => {
    expect(previous(folder('40 41 current> 42*')).to).toBe('41')
    expect(previous(folder('40 41> 42*')).to).toBe('40')
  })

  test('a release that Deployer marked bad is passed over', () => {
    const choice = previous(folder('39! 40 41! 42*'))
    expect(choice.to).toBe('40')
    expect(choice.passedOver).toEqual([{ name: '41', why: 'is marked BAD_RELEASE by Deployer' }])
  })

  test.each([
    ['9 10*', '9'],
    ['8 9 10 11*', '10'],
    ['v1.9 v1.10*', 'v1.9'],
    ['v1.10 v1.9 v1.11*', 'v1.10'],
    ['release-99 release-100 release-101*', 'release-100'],
    ['20260101120000 20260102120000*', '20260101120000'],
  ])('%s goes to %s', (notation, expected) => {
    expect(previous(folder(notation)).to).toBe(expected)
  })

  test('the live one is not the newest, and the newer one is named among those passed over', () => {
    const choice = previous(folder('40 41* 42'))
    expect(choice.to).toBe('40')
    expect(choice.passedOver).toEqual([{ name: '42', why: 'is newer than 41' }])
    expect(choice.why).toBe('40 is the newest complete release older than 41 (order: their names)')
  })

  test('the parent was cleaned away: its own parent, and the reason is told', () => {
    const choice = previous(folder('40 42*'), 'good 40', 'good 41', 'good 42')
    expect(choice).toMatchObject({
      to: '40',
      passedOver: [{ name: '41', why: 'is not on this host any more' }],
    })
  })

  test('names that don’t count up: the log of the deploys decides', () => {
    const begunSo = previous(folder('apple pear* zebra', { releasesLog: begun('zebra', 'apple', 'pear') }))
    expect(begunSo.to).toBe('apple')
    expect(begunSo.candidates.map(({ name }) => name)).toEqual(['pear', 'apple', 'zebra'])
    const facts = folder('apple pear* zebra', { revisionsLog: published('apple', 'zebra', 'pear') })
    expect(previous(facts)).toMatchObject({
      to: 'zebra',
      why: 'zebra is the newest complete release older than pear (order: revisions.log)',
    })
  })

  test('after an undo the release is as good as it was', () => {
    const story = [
      'good 41',
      'good 42',
      'rolled-back 41 from 42 run a',
      'bad 42 run a',
      'undone 42 from 41 run a',
      'good 43',
    ]
    expect(previous(folder('41 42 43*'), ...story).to).toBe('42')
  })
})

describe('previous, refused', () => {
  test('there is only one release', () => {
    const error = thrownBy(() => previous(folder('42*')))
    expect(error).toBeInstanceOf(NoPrevious)
    expect(error).toMatchObject({
      code: 'RB-NO-PREVIOUS',
      message: expect.stringContaining('it is the only one'),
    })
  })

  test('everything is bad: says why each is, and how to go there all the same', () => {
    const error = thrownBy(() => previous(folder('40 41! 42*'), 'bad 40'))
    expect(error).toBeInstanceOf(NoPrevious)
    expect(error).toMatchObject({
      table: {
        rows: [
          ['41', 'is marked BAD_RELEASE by Deployer'],
          ['40', 'is marked bad'],
        ],
      },
      remedy: expect.arrayContaining([expect.stringContaining('`target: 41`')]),
    })
  })

  test('what lacks only a marker can be vouched for; what is bad as well can’t', () => {
    const error = thrownBy(() => previous(folder('39! 40 42@abc1234*')))
    expect(error).toMatchObject({ remedy: [expect.stringContaining('`target: 40`'), expect.any(String)] })
  })

  test('the live one is the oldest: offers to go forward, by name', () => {
    const error = thrownBy(() => previous(folder('41* 42')))
    expect(error).toBeInstanceOf(NoPrevious)
    expect(error).toMatchObject({ remedy: expect.arrayContaining([expect.stringContaining('`target: 42`')]) })
  })

  test('nothing tells the order: lists what there is instead of guessing', () => {
    const error = thrownBy(() => previous(folder('apple zebra pear*')))
    expect(error).toBeInstanceOf(OrderUnknown)
    expect(error).toMatchObject({
      table: { rows: [expect.arrayContaining(['zebra']), expect.arrayContaining(['apple'])] },
    })
  })

  test('commits as names tell no order, not even when they are digits only', () => {
    expect(thrownBy(() => previous(folder('a1b2c3d 9f8e7d6*')))).toBeInstanceOf(OrderUnknown)
    expect(thrownBy(() => previous(folder('1234567@1234567aaa 7654321@7654321bbb*')))).toBeInstanceOf(
      OrderUnknown,
    )
  })
})
