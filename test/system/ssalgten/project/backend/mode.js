export const inTrouble = () => false
