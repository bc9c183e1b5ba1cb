import { setTimeout as sleep } from 'node:timers/promises'
import { FOLDER, must, type Subject } from './subject.ts'

/** Most bytes that were taken at once. */
export interface Peak {
  readonly folder: number
  /** In the data of the server, beyond what it had before. */
  readonly server: number
}

const SERVER = '/var/lib/mysql'
const ON = '/root/sampling'

/** Looks five times a second how much of the disk a piece of work takes. */
export const withPeak = async <T>({ host }: Subject, work: () => Promise<T>): Promise<[T, Peak]> => {
  await must(host, `rm -rf ${FOLDER}; install -d -m 0700 ${FOLDER}; sync; : >${ON}`)
  const size = (folder: string) => `$(du -s --block-size=1 ${folder} 2>/dev/null | cut -f 1)`
  const sampling = must(
    host,
    `while [ -e ${ON} ]; do echo ${size(FOLDER)} ${size(SERVER)} || :; sleep 0.2; done`,
  )
  await sleep(500)
  const done = await work().finally(() => must(host, `rm ${ON}`))
  const samples = (await sampling)
    .trim()
    .split('\n')
    .map(line => line.split(' ').map(Number))
  const most = (column: number) => Math.max(...samples.map(sample => sample[column] ?? 0))
  return [done, { folder: most(0), server: most(1) - (samples[0]?.[1] ?? 0) }]
}
