import { Refusal, withoutReassurance } from '../refusal.ts'

/** What would refuse a rollback of this, in words for somebody who only looks; undefined when nothing would. */
export function problemOf(look: () => unknown): string | undefined {
  try {
    look()
    return undefined
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return withoutReassurance(error.message)
  }
}
