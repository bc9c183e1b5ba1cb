import type * as v from 'valibot'
import type { Item } from './item.ts'

/** An item whose value and options have the types that the schemas of its kind say. */
export type ItemOf<V extends v.GenericSchema, O extends v.ObjectEntries = Record<never, never>> = Item & {
  readonly value: v.InferOutput<V>
  readonly options: v.InferOutput<v.StrictObjectSchema<O, undefined>>
}
