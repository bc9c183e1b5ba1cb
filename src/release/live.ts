import { Refusal } from '../refusal.ts'
import type { SymlinkFacts } from './facts.ts'
import { releaseNameProblem } from './name.ts'

/** Nothing says which release is live, so there is nothing to go back from, or to come back to. */
export class NoCurrent extends Refusal {
  readonly code = 'RB-NO-CURRENT'
}

/** `current` is a folder or a file of its own: renaming a link over it can't be done, or would lose what is in it. */
export class CurrentIsNotALink extends Refusal {
  readonly code = 'RB-CURRENT-NOT-A-LINK'
}

/**
 * The name of the release that `current` points to.
 *
 * @throws NoCurrent, CurrentIsNotALink
 */
export function liveRelease(facts: SymlinkFacts): string {
  const current = `${facts.path}/current`
  const byHand = [
    `In ${facts.path}, see which releases there are, and choose the one that should serve: \`ls -l releases\``,
    'There, point the link at it by hand: `ln -s releases/<name> current.new && mv -T current.new current`',
    'Then run the rollback again.',
  ]
  switch (facts.link) {
    case 'directory':
    case 'file':
      throw new CurrentIsNotALink(
        `${current} is a ${facts.link === 'directory' ? 'real folder' : 'file'}, not a link to a release.`,
        [
          `In ${facts.path}, make a release of it, and a link in its place: \`mv -T current releases/<name> && ln -s releases/<name> current\``,
          'Nothing serves between the two commands: do it when that can be borne.',
        ],
      )
    case 'missing':
      throw new NoCurrent(`${current} is not there.`, byHand)
  }
  if (facts.releasesFolder === undefined) {
    throw new NoCurrent(`${facts.path}/releases is not there, or not to be read.`, [
      'Check `path`: it is the folder that holds releases/ and current.',
    ])
  }
  if (facts.text === '') throw new NoCurrent(`${current} is a link whose text can't be read.`, byHand)
  if (facts.resolved === undefined) {
    throw new NoCurrent(`${current} points to ${facts.text}, which is not there.`, byHand)
  }
  const name = facts.resolved.slice(facts.resolved.lastIndexOf('/') + 1)
  if (facts.resolved !== `${facts.releasesFolder}/${name}`) {
    throw new NoCurrent(
      `${current} points to ${facts.resolved}, which is not a release in ${facts.releasesFolder}.`,
      [`Check \`path\`: each release is a folder directly in ${facts.releasesFolder}.`, ...byHand],
    )
  }
  const problem = releaseNameProblem(name)
  if (problem !== undefined) {
    throw new NoCurrent(`${current} points to ${facts.resolved}, whose name ${problem}.`, [
      'Give the release a name of letters, digits and . _ + @ - and point current at it.',
      'Run the rollback again.',
    ])
  }
  return name
}
