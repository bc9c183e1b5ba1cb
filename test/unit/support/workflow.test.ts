import { describe, expect, test } from 'vitest'
import { FINE, filled, filledText, holds } from '../../support/workflow/expression.ts'
import { statusOf } from '../../support/workflow/workflow.ts'

const FAILED = statusOf(['success', 'failure'])
const SKIPPED = statusOf(['skipped'])
const CANCELLED = { ...FINE, success: false, cancelled: true }

describe('a condition', () => {
  test.each([
    ['nothing, after success', undefined, FINE, true],
    ['nothing, after a failure', undefined, FAILED, false],
    ['nothing, after what was skipped', undefined, SKIPPED, false],
    ['a comparison alone, after a failure', "github.ref == 'main'", FAILED, false],
    ['failure(), after a failure', 'failure()', FAILED, true],
    ['failure(), after what was skipped', 'failure()', SKIPPED, false],
    ['always(), in a cancelled run', 'always()', CANCELLED, true],
    ['!cancelled(), after a failure', `\${{ !cancelled() }}`, FAILED, true],
    ['!cancelled(), in a cancelled run', `\${{ !cancelled() }}`, CANCELLED, false],
    ['an output that nobody set', "!cancelled() && needs.a.outputs.b == 'true'", FAILED, false],
    ['several lines', `\${{ !cancelled()\n && github.ref == 'main' }}`, FINE, true],
  ])('that says %s', (_, condition, status, expected) => {
    expect(holds(condition, { github: { ref: 'main' }, needs: {} }, status)).toBe(expected)
  })

  test('with a name that GitHub does not know is no condition', () => {
    expect(() => holds('nedes.a.result', { needs: {} }, FINE)).toThrow()
  })
})

describe('a value', () => {
  const contexts = { inputs: { all: true, name: 'shop', empty: '' } }

  test('that is one expression keeps its type; as text it is what an action sees', () => {
    expect(filled(`\${{ inputs.all }}`, contexts)).toBe(true)
    expect(filledText(`\${{ inputs.all }}`, contexts)).toBe('true')
    expect(filledText(`\${{ inputs.nothing }}`, contexts)).toBe('')
  })

  test('that has expressions in it becomes text', () => {
    expect(filled(`deploy-\${{ inputs.name }}, \${{ inputs.empty || 1 }}`, contexts)).toBe('deploy-shop, 1')
  })

  test('that is a list for a matrix stays one', () => {
    expect(filled(`\${{ fromJSON('["a", "b"]') }}`, contexts)).toEqual(['a', 'b'])
  })
})
