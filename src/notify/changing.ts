/** Operations that change what serves, or were to: of the others nobody is told. */
export const CHANGING: readonly string[] = ['rollback', 'undo', 'watch', 'drill']
