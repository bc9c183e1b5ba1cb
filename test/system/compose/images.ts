import { docker, runProgram } from '../hosts/docker.ts'
import { IMAGE } from '../hosts/host.ts'

/** A web service of a few megabytes that says its version, and is healthy when it has a page that says so. */
const recipe = (version: string, how: How): string => `
FROM ${IMAGE} AS tools
FROM scratch
COPY --from=tools /usr/bin/busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox mkdir /www && echo ${version} >/www/index.html"]
RUN ["/bin/busybox", "sh", "-c", "${how === 'sick' ? ':' : 'echo ok >/www/health'}"]
${how === 'no check' ? '' : 'HEALTHCHECK --interval=1s --timeout=2s --retries=3 CMD ["/bin/busybox", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/health"]'}
CMD ["/bin/busybox", "sh", "-c", "${how === 'crashes' ? '/bin/busybox sleep 1; exit 3' : SERVE}"]
`

/** Told to end, it takes nothing new and ends what it has begun, as a service in production does. */
const SERVE =
  "trap 'kill $web; /bin/busybox sleep 1; exit' TERM; /bin/busybox httpd -f -p 80 -h /www & web=$!; wait"

/** What an image does: it serves; its health check fails; it dies a second after its start; it has no health check. */
export type How = 'serves' | 'sick' | 'crashes' | 'no check'

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
