import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Far longer than an `execve` takes; a process that was given no environment at all is not waited for longer. */
const LOOKS_AT_ONE = 50
/** A second and more: a process that is killed while the disk is busy goes when the disk lets it. */
const LOOKS_AT_ALL = 300

/**
 * Between `execve` and the first line of a program its environment cannot be read, although it has an executable. What
 * belongs to the kernel, and what has ended and waits, has none: reading the link throws.
 */
const has = (variable: string, pid: string): boolean => {
  const environment = () => readFileSync(`/proc/${pid}/environ`, 'utf8')
  try {
    for (let looks = 0; looks < LOOKS_AT_ONE && environment() === ''; looks++)
      readlinkSync(`/proc/${pid}/exe`)
    return environment().split('\0').includes(variable)
  } catch {
    return false
  }
}

/**
 * Ids of the processes (on Linux) that were started with a variable in their environment, as `NAME=value`: that is
 * theirs however they were detached, as the runner knows what a job left behind.
 */
export const processesWith = (variable: string): number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && has(variable, name))
    .map(Number)

/** Kills one, or with a minus its group; one that ended meanwhile was quicker. */
export const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {}
}

/** Kills them all, and what they started while it went on. */
export const killProcessesWith = (variable: string): void => {
  for (let looks = 0; looks < LOOKS_AT_ALL; looks++) {
    const found = processesWith(variable)
    if (found.length === 0) return
    for (const pid of found) kill(pid)
  }
}
