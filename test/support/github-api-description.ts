import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'

type Keys = Readonly<Record<string, unknown>>

/** One thing that can be asked of GitHub, as its own description of the API has it, and that our code does ask. */
export interface Described {
  /** `POST /repos/{owner}/{repo}/deployments`. */
  readonly route: string
  readonly parameters: Readonly<Record<string, string>>
  /** What is wrong with a request, a sentence each. */
  faultsOfRequest(query: URLSearchParams, body: unknown): string[]
  /** What is wrong with an answer: the fake must not say what GitHub would not. */
  faultsOfAnswer(status: number, body: unknown): string[]
}

export interface Description {
  /** undefined for what GitHub does not know, or nobody here asks. */
  find(method: string, path: string): Described | undefined
  /** A whole example of GitHub's own, by its name in the description; of a list, its first. */
  example(name: string): Keys
}

/** Descriptions by their name: GitHub's own, and those of its Enterprise Servers. */
const read = new Map<string, Description>()

/** @param name `api.github.com`, or that of an Enterprise Server such as `ghes-3.17` */
export const describedApi = (name = 'api.github.com'): Description => {
  const known = read.get(name) ?? readDescription(name)
  read.set(name, known)
  return known
}

/** Excerpts that `scripts/github-api.mts` has made. */
const FOLDER = resolve(import.meta.dirname, 'github-api')
const KEY = 'github'

const at = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>(
    (of, key) => (typeof of === 'object' && of !== null ? Reflect.get(of, key) : undefined),
    value,
  )

const isKeys = (value: unknown): value is Keys =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** OpenAPI 3.0 says `nullable` where JSON Schema says that it may be null. */
const asJsonSchema = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asJsonSchema)
  if (!isKeys(value)) return value
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, asJsonSchema(each)]),
  )
  return nullable === true ? { anyOf: [rest, { type: 'null' }] } : { ...rest }
}

const pointer = (...keys: readonly string[]): string =>
  `${KEY}#/${keys.map(key => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`

const readDescription = (name: string): Description => {
  const whole = asJsonSchema(JSON.parse(readFileSync(resolve(FOLDER, `${name}.generated.json`), 'utf8')))
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, coerceTypes: false })
  addFormats.default(ajv)
  ajv.addSchema({ $id: KEY, ...(isKeys(whole) ? whole : {}) })
  const query = new Ajv({ strict: false, coerceTypes: true, validateSchema: false })
  addFormats.default(query)

  const followed = (value: unknown): unknown => {
    const ref = at(value, '$ref')
    return typeof ref === 'string' ? at(whole, ...ref.slice(2).split('/')) : value
  }
  const faults = (schema: string, value: unknown, what: string): string[] => {
    const check = ajv.getSchema(schema) ?? ajv.compile({ $ref: schema })
    return check(value) ? [] : [`${what}: ${ajv.errorsText(check.errors)}`]
  }
  const paths = Object.keys(isKeys(at(whole, 'paths')) ? (at(whole, 'paths') as Keys) : {}).map(template => ({
    template,
    pattern: new RegExp(
      `^${template.replace(/[.+*?^$()[\]\\]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`,
    ),
    literal: template.replace(/\{\w+\}/g, '').length,
  }))

  return {
    example(wanted) {
      const given = at(whole, 'components', 'examples', wanted, 'value')
      const value: unknown = Array.isArray(given) ? given[0] : given
      if (!isKeys(value)) throw new Error(`${name} has no example ${wanted}`)
      return value
    },
    find(method, path) {
      const [best] = paths
        .filter(({ template, pattern }) => pattern.test(path) && at(whole, 'paths', template, method))
        .sort((a, b) => b.literal - a.literal)
      if (best === undefined) return undefined
      const { template, pattern } = best
      const route = `${method.toUpperCase()} ${template}`
      const here = ['paths', template, method]
      const given = at(whole, ...here, 'parameters')
      const known = (Array.isArray(given) ? given : []).map(followed)
      return {
        route,
        parameters: Object.fromEntries(
          Object.entries(pattern.exec(path)?.groups ?? {}).map(([key, each]) => [
            key,
            decodeURIComponent(each),
          ]),
        ),
        faultsOfRequest(asked, body) {
          const found: string[] = []
          for (const [key, value] of asked) {
            const one = known.find(each => at(each, 'in') === 'query' && at(each, 'name') === key)
            const schema = followed(at(one, 'schema'))
            if (one === undefined) found.push(`${route} has no query parameter ${key}`)
            else if (
              isKeys(schema) &&
              !query.validate({ type: 'object', properties: { v: schema } }, { v: value })
            )
              found.push(`${route} ${key}=${value}: ${query.errorsText()}`)
          }
          const json = [...here, 'requestBody', 'content', 'application/json', 'schema']
          if (at(whole, ...json) === undefined)
            return body === undefined ? found : [...found, `${route} takes no body`]
          const properties = at(whole, ...json, 'properties')
          const unknown = Object.keys(isKeys(body) ? body : {}).filter(
            key => isKeys(properties) && !(key in properties),
          )
          return [
            ...found,
            ...unknown.map(key => `${route} has no ${key} in its body`),
            ...faults(pointer(...json), body, `body of ${route}`),
          ]
        },
        faultsOfAnswer(status, body) {
          const answer = followed(at(whole, ...here, 'responses', String(status)))
          const schema = at(answer, 'content', 'application/json', 'schema')
          const what = `answer ${status} of ${route}`
          if (answer === undefined)
            return status < 400 ? [`${what} is none of GitHub's`] : faults(BASIC_ERROR, body, what)
          if (!isKeys(schema)) return []
          const ref = at(whole, ...here, 'responses', String(status), '$ref')
          const place =
            typeof ref === 'string' ? ref.slice(2).split('/') : [...here, 'responses', String(status)]
          return faults(pointer(...place, 'content', 'application/json', 'schema'), body, what)
        },
      }
    },
  }
}

const BASIC_ERROR = pointer('components', 'schemas', 'basic-error')
