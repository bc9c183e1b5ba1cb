import type { FindListeners } from './operation/listener.ts'

/** Every sort of listener: a new one is one file, and one line here. */
const SORTS: readonly FindListeners[] = []

/** Everybody who wants to know of a run. @throws Refusal when what one of them needs is not there. */
export const findListeners: FindListeners = (setting, request, surroundings) =>
  SORTS.flatMap(find => find(setting, request, surroundings))
