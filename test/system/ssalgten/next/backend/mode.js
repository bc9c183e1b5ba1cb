export const inTrouble = mode => mode === 'new'
