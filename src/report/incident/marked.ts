/** A place that only people can fill in. `what` is Markdown of ours. */
export const toFillIn = (what: string): string => `**To fill in:** ${what}`
