/** A part of a description in JSON, of whatever form. */
type Keys = Readonly<Record<string, unknown>>

/** What says nothing of what is valid. In a list of properties these may be names, and stay. */
const WORDS: readonly string[] = [
  'default',
  'deprecated',
  'description',
  'example',
  'examples',
  'externalDocs',
  'readOnly',
  'summary',
  'title',
  'writeOnly',
]

/** Maps whose keys are names of the API, and no words of the description. */
const OF_NAMES: readonly string[] = ['properties', 'patternProperties']

/**
 * The part of an OpenAPI description that is about some routes: what may be asked, what is answered, every schema that these
 * refer to, and some examples. What is only there to be read is left out.
 *
 * @param routes such as `POST /repos/{owner}/{repo}/issues`
 * @param examples by their name; of a list, its first
 * @throws where the description does not have one of them
 */
export function excerpt(whole: unknown, routes: readonly string[], examples: readonly string[]): object {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of [...routes].sort()) {
    const [verb = '', path = ''] = route.split(' ')
    const method = verb.toLowerCase()
    const operation = wanted(whole, ['paths', path, method])
    paths[path] = { ...paths[path], [method]: operationOf(operation) }
  }
  const shown = Object.fromEntries(
    [...examples].sort().map(name => {
      const value = wanted(whole, ['components', 'examples', name, 'value'])
      return [name, { value: Array.isArray(value) ? value[0] : value }]
    }),
  )
  const { openapi, info } = whole as Keys
  return {
    openapi,
    info: { title: at(info, 'title'), version: at(info, 'version'), license: at(info, 'license') },
    paths,
    components: { ...referred(whole, [paths, BASIC_ERROR]), examples: shown },
  }
}

/** What GitHub answers where its description has no word for it. */
const BASIC_ERROR = { $ref: '#/components/schemas/basic-error' }

const operationOf = (operation: unknown): object => {
  const { parameters, requestBody, responses } = operation as Keys
  return withoutNothing({
    parameters: bare(parameters),
    requestBody: requestBody && bare(requestBody),
    responses: answersOf(responses),
  })
}

/** Bodies in JSON; the other types that some routes can answer with are not asked for. */
const answersOf = (responses: unknown): object =>
  Object.fromEntries(Object.entries(responses as Keys).map(([status, answer]) => [status, answerOf(answer)]))

const answerOf = (answer: unknown): unknown => {
  if (at(answer, '$ref') !== undefined) return bare(answer)
  const json = at(answer, 'content', 'application/json')
  return json === undefined ? {} : { content: { 'application/json': bare(json) } }
}

/** Without what is only there to be read. */
const bare = (value: unknown, names = false): unknown => {
  if (Array.isArray(value)) return value.map(each => bare(each))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => names || !(WORDS.includes(key) || key.startsWith('x-')))
      .map(([key, each]) => [key, bare(each, !names && OF_NAMES.includes(key))]),
  )
}

/** All components that are referred to from there, and from each other, by their sort. */
const referred = (whole: unknown, from: readonly unknown[]): Record<string, object> => {
  const found = new Map<string, unknown>()
  const waiting = [...from]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const reference of JSON.stringify(next).matchAll(/"\$ref":"#\/components\/([^"]+)"/g)) {
      const name = reference[1] ?? ''
      if (found.has(name)) continue
      const component = wanted(whole, ['components', ...name.split('/')])
      const part = name.startsWith('responses/') ? answerOf(component) : bare(component)
      found.set(name, part)
      waiting.push(part)
    }
  }
  const sorts: Record<string, Record<string, unknown>> = {}
  for (const name of [...found.keys()].sort()) {
    const [sort = '', key = ''] = name.split('/')
    sorts[sort] = { ...sorts[sort], [key]: found.get(name) }
  }
  return sorts
}

const at = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>(
    (of, key) => (typeof of === 'object' && of !== null ? Reflect.get(of, key) : undefined),
    value,
  )

const wanted = (whole: unknown, keys: readonly string[]): unknown => {
  const value = at(whole, ...keys)
  if (value === undefined) throw new Error(`The description has no ${keys.join(' ')}`)
  return value
}

const withoutNothing = (value: Keys): object =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined))
