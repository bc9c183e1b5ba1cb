import { writeFileSync } from 'node:fs'

// Loaded into the process that is measured, before the bundle: what it took in all, written down as it exits.
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const usage = { megabytes: maxRSS / 1024, milliseconds: (userCPUTime + systemCPUTime) / 1000 }
  if (process.env.USAGE_FILE && process.argv[1]?.endsWith('main.js'))
    writeFileSync(process.env.USAGE_FILE, JSON.stringify(usage))
})
