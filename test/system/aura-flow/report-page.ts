import type { Production } from './production.ts'
import { EXAMPLE } from './runs.ts'

/** The report as a page of the documentation: how it was made, and addresses of the example in place of the test's. */
export const reportPage = (report: string, { host, url }: Production): string => {
  const [title = '', ...rest] = report.split('\n')
  const note =
    '> The second drill of `test/system/aura-flow-drill.test.ts`, on the hosts of the test, with `ROLLBOOK_WRITE_REPORT=1`. Nothing but addresses is changed.'
  return [title, '', note, ...rest]
    .join('\n')
    .replaceAll(url, EXAMPLE.url)
    .replaceAll(`127.0.0.1:${host.sshPort}`, 'staging.example.com')
}
