import { Refusal } from '../refusal.ts'

/** The environment or the rollback asks for a phrase, so that nobody starts it by mistake. */
export class ConfirmationMissing extends Refusal {
  readonly code = 'RB-CONFIRM'

  constructor(phrases: readonly string[], dataLoss: boolean) {
    super(
      `This has to be confirmed${dataLoss ? ', because it can lose data' : ''}, and it was not. Nothing was changed.`,
      [`If you mean it, run it again with \`confirm: ${phrases.join(', ')}\``],
    )
  }
}

/** The operation is one of the contract that this version doesn't have yet. */
export class OperationNotSupported extends Refusal {
  readonly code = 'RB-OPERATION-NOT-SUPPORTED'

  constructor(operation: string) {
    super(`This version of Rollbook does not have the operation ${operation} yet. Nothing was changed.`, [
      'Use `rollback`, `plan`, `undo`, `status`, `unlock`, `record`, `guard`, `watch`, `drill` or `prune`.',
    ])
  }
}

/** Going on to the next level by itself is one of the contract that this version doesn't have yet. */
export class EscalationNotSupported extends Refusal {
  readonly code = 'RB-ESCALATE-NOT-SUPPORTED'

  constructor(next: string) {
    super('This version of Rollbook does not go on to the next level by itself yet. Nothing was changed.', [
      `Run it without \`escalate\`; when it fails, run the rollback \`${next}\`.`,
    ])
  }
}
