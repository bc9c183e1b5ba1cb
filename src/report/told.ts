import { text } from './markdown.ts'

/** A place outside that was told of a run: a deployment, an issue, a comment. */
export interface Told {
  /** For example `deployment` or `issue #17`. */
  readonly what: string
  /** Empty where there is no page to look at. */
  readonly url: string
}

/** The line below a summary that leads to where else it was told. */
export const toldMarkdown = (told: readonly Told[]): string => `\nTold: ${told.map(place).join(' · ')}\n`

/** Only an address of the web becomes a link, and none that could end the link early. */
const place = ({ what, url }: Told): string =>
  /^https?:\/\/[^\s()<>]+$/.test(url) ? `[${text(what)}](${url})` : text(what)
