import { spawn } from 'node:child_process'
import process from 'node:process'
import { parseArgs } from 'node:util'

// npm run test:soak -- --runs 1000 --seed 7
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string' } },
})
for (const [name, value] of Object.entries(values))
  if (!/^\d{1,9}$/.test(value)) throw new Error(`--${name} is a number, not ${JSON.stringify(value)}`)

spawn('vitest', ['run', '--project', 'soak'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    SOAK_RUNS: values.runs,
    ...(values.seed !== undefined && { SOAK_SEED: values.seed }),
  },
}).on('exit', code => {
  process.exitCode = code ?? 1
})
