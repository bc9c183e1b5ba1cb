import { findComments } from './github/comment.ts'
import { findDeployment } from './github/deployment.ts'
import { findDrillIssue } from './github/drill-issue.ts'
import { findIncidentIssue } from './github/incident-issue.ts'
import { findWebhooks } from './notify/webhooks.ts'
import type { FindListeners } from './operation/listener.ts'

/** Every sort of listener: a new one is one file, and one line here. */
const SORTS: readonly FindListeners[] = [
  findDeployment,
  findIncidentIssue,
  findDrillIssue,
  findComments,
  findWebhooks,
]

/** Everybody who wants to know of a run. @throws Refusal when what one of them needs is not there. */
export const findListeners: FindListeners = (setting, request, surroundings) =>
  SORTS.flatMap(find => find(setting, request, surroundings))
