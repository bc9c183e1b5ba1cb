type Schema = Readonly<Record<string, unknown>>

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: value => typeof value === 'string',
  boolean: value => typeof value === 'boolean',
  number: value => typeof value === 'number',
  integer: Number.isInteger,
  array: Array.isArray,
  object: isMap,
}

/** As much of JSON Schema as ours uses: the first place at which a value breaks it, or undefined. */
export function breaks(value: unknown, schema: unknown, root: Schema, at = '$'): string | undefined {
  if (!isMap(schema)) return undefined
  const { $ref, type, anyOf, properties, required, additionalProperties, items } = schema
  if (typeof $ref === 'string') {
    const [, , name = ''] = $ref.split('/')
    if (!isMap(root.$defs) || !isMap(root.$defs[name])) return `${at}: no definition ${$ref}`
    return breaks(value, root.$defs[name], root, at)
  }
  if (Array.isArray(anyOf) && anyOf.every(each => breaks(value, each, root, at) !== undefined))
    return `${at}: anyOf`
  if (typeof type === 'string' && TYPES[type]?.(value) !== true) return `${at}: not ${type}`
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return `${at}: not in enum`
  if (typeof schema.pattern === 'string' && !new RegExp(schema.pattern).test(String(value)))
    return `${at}: pattern`
  if (Array.isArray(value)) {
    if (typeof schema.minItems === 'number' && value.length < schema.minItems) return `${at}: too short`
    return value
      .map((each, index) => breaks(each, items, root, `${at}[${index}]`))
      .find(problem => problem !== undefined)
  }
  if (!isMap(value)) return undefined
  const lacks = Array.isArray(required) ? required.find(key => !(String(key) in value)) : undefined
  if (lacks !== undefined) return `${at}: lacks ${lacks}`
  for (const [key, each] of Object.entries(value)) {
    const known = isMap(properties) ? properties[key] : undefined
    if (known === undefined && additionalProperties === false) return `${at}: unknown ${key}`
    const problem = breaks(each, known ?? additionalProperties, root, `${at}.${key}`)
    if (problem !== undefined) return problem
  }
  return undefined
}
