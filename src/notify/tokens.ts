/**
 * The parts of a webhook's address that open it, since programs also print them without the rest: long ones of its path
 * and its query that no person made up as a word.
 */
export const tokensOf = (url: URL): readonly string[] =>
  [...url.pathname.split('/'), ...url.searchParams.values()].filter(
    part => part.length >= 16 && /\d/.test(part) && /[A-Za-z]/.test(part),
  )
