import { docker, runProgram } from '../hosts/docker.ts'
import { IMAGE } from '../hosts/host.ts'
import type { TestHost } from '../hosts/hosts.ts'
import { must } from '../laravel/must.ts'

/** Told to end, it takes nothing new and ends what it has begun, as a service in production does. */
const SERVE =
  "trap 'kill $web; /bin/busybox sleep 1; exit' TERM; /bin/busybox httpd -f -p 80 -h /www & web=$!; wait"
const CRASH = '/bin/busybox sleep 1; exit 3'
const LONG = '--start-period=1h'

/** What an image does. */
const HOWS = {
  serves: { runs: SERVE, check: '--retries=3', page: 'health' },
  /** Its health check fails. */
  sick: { runs: SERVE, check: '--retries=3', page: 'none' },
  /** It is healthy ten seconds after its start. */
  slow: { runs: `(/bin/busybox sleep 10; echo ok >/www/health) & ${SERVE}`, check: LONG, page: 'none' },
  /** Its health is never known. */
  'starts for ever': { runs: SERVE, check: LONG, page: 'none' },
  /** It dies a second after its start. */
  crashes: { runs: CRASH, check: '--retries=3', page: 'health' },
  'crashes unchecked': { runs: CRASH, check: undefined, page: 'health' },
  'no check': { runs: SERVE, check: undefined, page: 'health' },
} as const
export type How = keyof typeof HOWS

/** A web service of a few megabytes that says its version, and is healthy when it has a page that says so. */
const recipe = (version: string, how: How): string => {
  const { runs, check, page } = HOWS[how]
  return `
FROM ${IMAGE} AS tools
FROM scratch
COPY --from=tools /usr/bin/busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox mkdir /www && echo ${version} >/www/index.html && echo ok >/www/${page}"]
${check === undefined ? '' : `HEALTHCHECK --interval=1s --timeout=2s ${check} CMD ["/bin/busybox", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/health"]`}
CMD ["/bin/busybox", "sh", "-c", "${runs}"]
`
}

/** Builds `<repository>:<version>` on this machine's engine, out of nothing but its test host. */
export const buildImage = async (repository: string, version: string, how: How = 'serves'): Promise<void> => {
  const tag = `${repository}:${version}`
  const said = await runProgram('docker', ['build', '--quiet', '--tag', tag, '-'], recipe(version, how))
  if (said.code !== 0) throw new Error(`${tag} could not be built: ${said.stderr}`)
}

/** Removes every image whose name begins so, and nothing else. */
export const removeImages = async (...repositories: readonly string[]): Promise<void> => {
  const rows = await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}')
  const ours = rows.split('\n').filter(row => repositories.some(each => row.startsWith(each)))
  if (ours.length > 0) await docker('image', 'rm', '--force', ...ours)
}

/** Takes away the names that runs on a host have given to images, and nobody else's. */
export const forgetKept = (host: TestHost): Promise<string> =>
  must(
    host,
    'for name in $(cut -d " " -f 4 /home/deploy/.rollbook/*/*/kept-images 2>/dev/null); do docker image rm "$name" >/dev/null 2>&1 || :; done',
  )
