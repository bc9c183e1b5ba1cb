import type { TestHost } from '../hosts/hosts.ts'

/** Runs a script on a host. @returns what it printed. @throws with its own words when it fails. */
export const must = async (host: TestHost, script: string, user = 'root'): Promise<string> => {
  const said = await host.run(`set -e\n${script}`, user)
  if (said.code !== 0)
    throw new Error(`${host.name}, as ${user}: exit ${said.code}: ${said.stderr}${said.stdout}\n${script}`)
  return said.stdout
}
