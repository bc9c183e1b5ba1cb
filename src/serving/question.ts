import type { Question } from '../engine/greeting.ts'

/** A link to the release that is live, and the folder of the releases that it chooses from. */
export interface Served {
  readonly link: string
  readonly folder: string
}

/** Which processes run from which release. */
export const askProcesses = ({ link, folder }: Served): Question => ({
  shell: new URL('./processes.sh', import.meta.url),
  ask: 'probe_processes',
  about: [link, folder],
})

/** What the configuration of nginx gives to PHP. */
export const askNginx = (folder = '/etc/nginx'): Question => ({
  shell: new URL('./nginx.sh', import.meta.url),
  ask: 'probe_nginx',
  about: [folder],
})
