// `npm run demo`: a deploy that went wrong on a real (small) server, and how Rollbook takes it back.
import { existsSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type ActionRun, runAction } from '../test/support/runner.ts'
import { type SshServer, startSshServer } from '../test/support/ssh-server.ts'
import { openShop, type Shop } from './shop.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** The repository is the action: this is what `uses: rollbook/rollbook@v1` runs. */
const ACTION = resolve(import.meta.dirname, '..')

const show = async (terminal: Terminal, shop: Shop, ...paths: string[]): Promise<void> => {
  for (const path of paths) {
    const { status, body } = await shop.get(path)
    terminal.request(path, status, body)
  }
}

/** The inputs that a workflow would give, the secrets apart. */
const inputsFor = (shop: Shop, host: SshServer): Record<string, string> => ({
  operation: 'rollback',
  app: 'shop',
  hosts: `web=deploy@127.0.0.1:${host.port}`,
  path: shop.folder,
  smoke: `${shop.url}/healthz`,
  reason: 'checkout answers 500 since release 3',
})

const rollBack = (action: string, shop: Shop, host: SshServer, terminal: Terminal): Promise<ActionRun> =>
  runAction({
    action,
    inputs: {
      ...inputsFor(shop, host),
      'ssh-private-key': host.clientKey.private,
      'known-hosts': host.knownHostsLine,
    },
    secrets: [host.clientKey.private],
    onLine: terminal.log,
  })

const tell = async (action: string, shop: Shop, host: SshServer, terminal: Terminal): Promise<boolean> => {
  terminal.title('Rollbook takes production back to a release that worked.')
  terminal.say('A small shop runs on a server of its own: releases/1, releases/2, releases/3, and a link')
  terminal.say(
    'called current. The server is reached over SSH. All of it is on this machine, in one process.',
  )

  terminal.chapter('Release 3 went live a minute ago, and nobody can pay.')
  await show(terminal, shop, '/', '/healthz')

  terminal.chapter('You press “Run workflow”. This is all it needs:')
  terminal.code('- uses: rollbook/rollbook@v1')
  terminal.code('  with:')
  for (const [name, value] of Object.entries(inputsFor(shop, host))) terminal.code(`    ${name}: ${value}`)
  for (const [name, value] of Object.entries({
    'ssh-private-key': 'secrets.KEY',
    'known-hosts': 'vars.KNOWN_HOSTS',
  }))
    terminal.code(`    ${name}: \${{ ${value} }}`)
  terminal.say('')
  const run = await rollBack(action, shop, host, terminal)

  terminal.chapter('The page that everybody on call now reads:')
  terminal.markdown(run.summary || '*It was left empty.*')

  terminal.chapter('Is it true? The demo looks for itself, past Rollbook.')
  await show(terminal, shop, '/', '/healthz')
  const [outcome, live, health] = [
    run.outputs.outcome ?? 'nothing',
    await shop.live(),
    await shop.get('/healthz'),
  ]
  const facts: [boolean, string][] = [
    [outcome === 'rolled-back' && run.conclusion === 'success', `the step is green and says “${outcome}”`],
    [live === '2', `current → releases/${live}`],
    [health.status === 200 && health.body.includes('"release":"2"'), 'release 2 answers, and it is well'],
    [existsSync(join(shop.folder, 'releases/3')), 'releases/3 is still there: nothing is ever deleted'],
  ]
  for (const [isTrue, text] of facts) terminal.seen(isTrue, text)
  if (!facts.every(([isTrue]) => isTrue)) {
    terminal.title('That is not how it should end. Please open an issue with everything above.')
    return false
  }

  terminal.chapter('Changed your mind? The same workflow, with')
  terminal.code('    operation: undo')
  terminal.code(`    run-id: ${run.outputs['run-id'] ?? ''}`)
  return true
}

const main = async (): Promise<boolean> => {
  // `--keep` leaves the folder to look around in; `--action` drives the action of another folder.
  const { values } = parseArgs({ options: { keep: { type: 'boolean' }, action: { type: 'string' } } })
  const action = resolve(values.action ?? ACTION)
  const terminal = openTerminal()
  if (!existsSync(join(action, 'action.yml'))) {
    terminal.say(`There is no action.yml in ${action}, so there is nothing to show.`)
    return false
  }
  const began = performance.now()
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'rollbook-demo-')))
  // Who stops reading (`npm run demo | head`) does not stop the tidying up.
  process.stdout.on('error', () => {})
  // Ctrl-C ends this process at once; the folder must not outlive it.
  process.once('SIGINT', () => {
    if (!values.keep) rmSync(folder, { recursive: true, force: true })
    process.exit(130)
  })
  await mkdir(join(folder, 'home'))
  const shop = await openShop(join(folder, 'shop'))
  const host = await startSshServer({ root: join(folder, 'home') })
  try {
    return await tell(action, shop, host, terminal)
  } finally {
    await host.close()
    await shop.close()
    if (!values.keep) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    const left = values.keep ? `Everything is kept in ${folder}.` : 'Everything it made is gone.'
    terminal.title(`${seconds} s in all. ${left}`)
    terminal.say('')
  }
}

process.exitCode = (await main()) ? 0 : 1
