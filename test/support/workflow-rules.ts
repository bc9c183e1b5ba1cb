import {
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'

/** This repository's own, at the same commit; a bare `$/`, or one with a ref, is refused by the runner only. */
const SAME_COMMIT = /^(\.|\$)\/[\w.-]+(\/[\w.-]+)*$/
/** What users of the project write, in templates. */
const PUBLISHED = /^rollbook\/rollbook(\/[\w./-]+)?@v\d+$/
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

  const inputs = document.getIn(['on', 'workflow_dispatch', 'inputs'])
  if (isMap(inputs) && inputs.items.length > 25)
    tell(inputs.range?.[0], `${inputs.items.length} inputs; GitHub takes 25`)

  const top = document.get('permissions')
  if (!isMap(top) || top.items.length > 0) tell(0, 'the workflow must begin with no rights: permissions: {}')

  visit(document, {
    Pair: (_, pair) => {
      const key = isScalar(pair.key) ? pair.key.value : undefined
      const value = isScalar(pair.value) ? pair.value : undefined
      const at = isScalar(pair.key) ? pair.key.range?.[0] : undefined
      if (key === 'permissions') for (const fault of grantsWithoutReason(pair)) tell(at, fault)
      if (key === 'uses' && value) for (const fault of usesFaults(value)) tell(at, fault)
      if (key === 'secrets' && value?.value === 'inherit')
        tell(at, 'secrets: inherit hands over all of them; name each')
      if (key === 'run' && String(value?.value).includes('${{'))
        tell(at, 'run: pastes an expression into a script; hand it over through env:')
    },
    Map: (_, map) => {
      const steps = map.get('steps')
      if (isSeq(steps)) for (const fault of jobFaults(map, steps)) tell(map.range?.[0], fault)
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

/** A job that changes hosts waits for its turn in the one queue that deploys and rollbacks of an environment share. */
const jobFaults = (job: YAMLMap, steps: YAMLSeq): string[] => {
  const faults = typeof job.get('timeout-minutes') === 'number' ? [] : ['a job has no timeout-minutes']
  const changes = steps.items.some(
    step => isMap(step) && isOurs(String(step.get('uses'))) && step.getIn(['with', 'operation']) !== 'plan',
  )
  if (!changes) return faults
  if (!String(job.getIn(['concurrency', 'group'])).includes('deploy-'))
    faults.push('a job that goes to the hosts is not in the group deploy-<environment>')
  if (job.getIn(['concurrency', 'queue']) !== 'max')
    faults.push(
      'a job that goes to the hosts does not say queue: max, so that a newcomer throws out who waits',
    )
  if (job.getIn(['concurrency', 'cancel-in-progress']) === true)
    faults.push('a job that goes to the hosts would be cancelled in the middle by the next one')
  return faults
}

const isOurs = (uses: string): boolean =>
  PUBLISHED.test(uses) || (SAME_COMMIT.test(uses) && uses.startsWith('$'))

const usesFaults = ({ value, comment }: Scalar): string[] => {
  const uses = String(value)
  if (SAME_COMMIT.test(uses) || PUBLISHED.test(uses)) return []
  if (!PINNED.test(uses)) return [`${uses} is not pinned to a whole commit`]
  return /^ v\d+(\.\d+)*$/.test(comment ?? '')
    ? []
    : [`${uses} has no comment that says which version that is`]
}
