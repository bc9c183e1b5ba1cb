import { isMap, isScalar, type Pair, parseDocument, type Scalar, visit } from 'yaml'

const OURS = /^\.\//
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/

/**
 * Our own rules for a workflow, beyond what GitHub's language service knows: least privilege and pinned actions,
 * visible in the file (https://docs.github.com/en/actions/reference/security/secure-use).
 *
 * @returns A sentence for each rule that is broken, with its line.
 */
export const brokenRules = (text: string): string[] => {
  const document = parseDocument(text)
  const broken: string[] = []
  const tell = (at: number | undefined, what: string): void => {
    broken.push(`line ${text.slice(0, at ?? 0).split('\n').length}: ${what}`)
  }

  const top = document.get('permissions')
  if (!isMap(top) || top.items.length > 0) tell(0, 'the workflow must begin with no rights: permissions: {}')

  visit(document, {
    Pair: (_, pair) => {
      const key = isScalar(pair.key) ? pair.key.value : undefined
      const value = isScalar(pair.value) ? pair.value : undefined
      const at = isScalar(pair.key) ? pair.key.range?.[0] : undefined
      if (key === 'permissions') for (const fault of grantsWithoutReason(pair)) tell(at, fault)
      if (key === 'uses' && value) for (const fault of usesFaults(value)) tell(at, fault)
      if (key === 'run' && String(value?.value).includes('${{'))
        tell(at, 'run: pastes an expression into a script; hand it over through env:')
    },
    Map: (_, map) => {
      const uses = map.get('uses')
      if (typeof uses !== 'string' || !uses.startsWith('actions/checkout@')) return
      if (map.getIn(['with', 'persist-credentials']) !== false)
        tell(map.range?.[0], 'checkout leaves its token behind; say persist-credentials: false')
    },
  })
  return broken
}

const grantsWithoutReason = ({ value }: Pair): string[] => {
  if (isScalar(value)) return [`permissions: ${value.value} grants all at once; name each right`]
  if (!isMap(value)) return []
  return value.items
    .filter(grant => !(isScalar(grant.value) && grant.value.comment))
    .map(grant => `${grant.key} is granted without a comment beside it that says why`)
}

const usesFaults = ({ value, comment }: Scalar): string[] => {
  const uses = String(value)
  if (OURS.test(uses)) return []
  if (!PINNED.test(uses)) return [`${uses} is not pinned to a whole commit`]
  return /^ v\d+(\.\d+)*$/.test(comment ?? '')
    ? []
    : [`${uses} has no comment that says which version that is`]
}
