/**
 * The action once more, for a folder below the root: the reusable workflows refer to it as `$/actions/…`, which GitHub
 * resolves to their own commit, and a bare `$/` is refused by the runner.
 *
 * @param actionYml the text of the root's `action.yml`.
 * @param up the way back to the root, e.g. `../..`.
 * @throws When the text names no file of `dist/`, or has no inputs where they are expected.
 */
export const subAction = (actionYml: string, up: string): string => {
  const [head, body] = actionYml.split(/^# The inputs are written by .*\n/m)
  if (head === undefined || body === undefined || !/: dist\//.test(body))
    throw new Error('action.yml does not have the form that the action below it is made from')
  return [
    '# Written by `npm run docs` from the action.yml of the root, for the workflows of this repository.',
    head.replace(/^branding:\n(?: .*\n)+/m, '').trimEnd(),
    '',
    body.replaceAll(/^# \/?inputs\n/gm, '').replaceAll(/: dist\//g, `: ${up}/dist/`),
  ].join('\n')
}
