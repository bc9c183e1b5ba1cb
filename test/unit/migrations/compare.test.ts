import { describe, expect, test } from 'vitest'
import { compareMigrations } from '../../../src/migrations/compare.ts'
import type { MigrationFacts } from '../../../src/migrations/facts.ts'
import { readLaravelFacts } from '../../../src/migrations/laravel-facts.ts'
import { whatUpDid } from '../../../src/migrations/laravel-up.ts'
import { factsWith } from './fixture.ts'

const compared = (facts: readonly MigrationFacts[]) => compareMigrations(facts, whatUpDid)
const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name)

describe('what the target does not know', () => {
  test('is what it lacks and the database has applied, in the order of the names', () => {
    const facts = factsWith(
      'web',
      { live: ['2_b', '1_a', '3_c'], both: ['0_x'] },
      { '0_x': 1, '1_a': 2, '2_b': 2, '3_c': undefined },
    )
    const { unknown, neverRan, onlyTarget, pending } = compared([facts])
    expect(unknown.map(({ name, batch, applied }) => [name, batch, applied])).toEqual([
      ['1_a', 2, 'yes'],
      ['2_b', 2, 'yes'],
    ])
    expect(names(neverRan)).toEqual(['3_c'])
    expect([onlyTarget, pending]).toEqual([[], []])
  })

  test('counts as applied when the database says nothing of it', () => {
    const silent = factsWith('web', { live: ['1_a'] })
    expect(compared([silent]).unknown).toMatchObject([{ name: '1_a', applied: 'assumed', batch: undefined }])
    const forgotten = factsWith('web', { live: ['1_a'], both: ['0_x'] }, { '0_x': 1 })
    expect(compared([forgotten]).unknown).toMatchObject([{ name: '1_a', applied: 'assumed' }])
  })

  test('a host that could not ask goes by what another one heard', () => {
    const silent = factsWith('worker', { live: ['1_a', '2_b'] })
    const heard = factsWith('web', { live: ['1_a', '2_b'] }, { '1_a': 4, '2_b': undefined })
    const { unknown, neverRan } = compared([silent, heard])
    expect(unknown).toMatchObject([{ name: '1_a', applied: 'yes', batch: 4, hosts: ['worker', 'web'] }])
    expect(neverRan).toEqual([{ name: '2_b', hosts: ['worker', 'web'] }])
  })

  test('what came with a package counts only when the database names it', () => {
    const facts = factsWith(
      'web',
      { both: ['0_x'], elsewhere: ['1_ran', '2_pending', '3_made_up'] },
      { '0_x': 1, '1_ran': 1, '2_pending': undefined },
    )
    const { unknown, neverRan } = compared([facts])
    expect(names(unknown)).toEqual(['1_ran'])
    expect(names(neverRan)).toEqual(['2_pending'])
  })

  test('says what it did, when the host sent its text', () => {
    const facts = factsWith(
      'web',
      { live: ['1_a', '2_b'] },
      { '1_a': 1, '2_b': 1 },
      { '1_a': "<?php function up() { Schema::drop('a'); }" },
    )
    expect(compared([facts]).unknown.map(({ did }) => did)).toEqual(['drops table `a`', ''])
  })
})

test('what only the target has, and what both have and nobody applied, is told', () => {
  const facts = factsWith('web', { target: ['9_new'], both: ['0_x', '1_y'] }, { '0_x': 1, '1_y': undefined })
  const { unknown, onlyTarget, pending } = compared([facts])
  expect(unknown).toEqual([])
  expect(onlyTarget).toEqual([{ name: '9_new', hosts: ['web'] }])
  expect(pending).toEqual([{ name: '1_y', hosts: ['web'] }])
})

test('a live release without the folder is blind, whatever else the host says', () => {
  const facts = readLaravelFacts('web', '42', '41', [
    'migrations live none',
    'migration live 1_a',
    'migration elsewhere 2_b',
  ])
  expect(compared([facts])).toMatchObject({ blind: ['web'], unknown: [] })
})
