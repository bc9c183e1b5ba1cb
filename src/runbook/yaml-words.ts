import type { ErrorCode } from 'yaml'

const PLAIN = 'Expected "key: value" lines, indented with spaces.'

/** In our words, because those of the parser quote the file, and a password may be what it stumbled over. */
export const YAML_WORDS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'A reference (*name) takes nothing beside it.',
  BAD_ALIAS: 'This is not a reference to an anchor. A text that starts with * or & must be in quotes.',
  BAD_COLLECTION_TYPE: 'This tag does not fit what follows it.',
  BAD_DIRECTIVE: 'Lines that start with % are not supported.',
  BAD_DQ_ESCAPE:
    'Unknown \\ in a text in double quotes. Use single quotes, in which \\ is an ordinary character.',
  BAD_INDENT: 'The indentation does not fit the lines before, or a bracket is not closed.',
  BAD_PROP_ORDER: 'A tag or an anchor stands in the wrong place.',
  BAD_SCALAR_START: 'A text that starts with @, % or ` must be in quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'A text with ": " in it must be in quotes; a nested map starts on its own line.',
  BLOCK_IN_FLOW: 'Inside { } or [ ] use commas, not lines with "-" or indentation.',
  DUPLICATE_KEY: 'This key is here for the second time. Keep one of the two.',
  IMPOSSIBLE: PLAIN,
  KEY_OVER_1024_CHARS: 'A key has at most 1024 characters.',
  MISSING_CHAR: 'Something is not closed: a quote, a bracket, or the ":" after a key.',
  MULTILINE_IMPLICIT_KEY: `There is no ":" after this key. ${PLAIN}`,
  MULTIPLE_ANCHORS: 'There are two anchors (&name) where one is possible.',
  MULTIPLE_DOCS: 'A second document starts here ("---"). Keep one runbook in a file.',
  MULTIPLE_TAGS: 'There are two tags (!name) where one is possible.',
  NON_STRING_KEY: 'A key must be a plain text.',
  RESOURCE_EXHAUSTION: 'This is nested too deeply.',
  TAB_AS_INDENT: 'A tab is used for indentation. Use spaces.',
  TAG_RESOLVE_FAILED: 'Tags are not supported. A text that starts with ! must be in quotes.',
  UNEXPECTED_TOKEN: 'Not expected here: a quote, a bracket, a "-" or a "," is missing before it or too many.',
}
