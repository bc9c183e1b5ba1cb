import { compile, step } from '../../test/engine/site.ts'
import { FOLDER, must, PASSWORD, type Subject } from './subject.ts'

/** A way to back the database up. */
export interface Contender {
  readonly name: string
  readonly says: string
  /** Something else wants the processors meanwhile. */
  readonly busy?: true
  /** Makes one backup in the folder. @returns seconds from its begin to its end, by the clock of the host. */
  backUp(subject: Subject): Promise<number>
}

// Section 2 of the document, word for word but for the values of its variables.
const SCRIPT = `
set -euo pipefail
TS="$(date +%Y%m%d_%H%M%S)"
BACKUP_DIR="${FOLDER}"
DB_HOST="127.0.0.1"
DB_PORT="3306"
DB_NAME="fap"
DB_USER="fap"
DB_PASSWORD="${PASSWORD}"

mkdir -p "\${BACKUP_DIR}"
mysqldump --single-transaction --quick --routines --triggers \\
  -h "\${DB_HOST}" -P "\${DB_PORT}" -u "\${DB_USER}" -p"\${DB_PASSWORD}" \\
  "\${DB_NAME}" > "\${BACKUP_DIR}/fap_api_\${TS}.sql"

gzip -f "\${BACKUP_DIR}/fap_api_\${TS}.sql"
sha256sum "\${BACKUP_DIR}/fap_api_\${TS}.sql.gz" > "\${BACKUP_DIR}/fap_api_\${TS}.sql.gz.sha256"
sha256sum -c "\${BACKUP_DIR}/fap_api_\${TS}.sql.gz.sha256"
`

/** What people do today. */
export const document: Contender = {
  name: 'the script',
  says: "the document's own: mysqldump to a file, gzip, sha256sum, sha256sum -c",
  async backUp({ host }) {
    await host.write('/root/script.sh', SCRIPT)
    const times = await must(
      host,
      'cut -d " " -f 1 /proc/uptime; bash /root/script.sh >/root/script.log 2>&1; cut -d " " -f 1 /proc/uptime',
    )
    const [from = Number.NaN, to = Number.NaN] = times.split('\n').map(Number)
    return to - from
  },
}

const STATE = '/root/state'
let runs = 0

/** The program of a run, up to where it waits for the word to switch; then it is told to let go. */
export const rollbook = (verify: 'stream' | 'readback' | 'restore', says: string): Contender => ({
  name: `Rollbook, ${verify}`,
  says,
  async backUp({ host }) {
    runs += 1
    const run = `20261120T141058Z-${String(runs).padStart(6, '0')}`
    const folder = `${STATE}/runs/${run}`
    const data = {
      system: 'mysql',
      database: 'main',
      tables: '',
      folder: FOLDER,
      stem: `fap-api-production-main-${run}`,
      verify,
    }
    const { text } = compile({
      ...{ host: 'web', stateFolder: STATE, run, app: 'fap-api', environment: 'production' },
      ...{ rollback: 'release', from: '2', to: '1', reason: 'bench', url: '', hosts: 1 },
      ...{ onLostContact: 'decide', silence: 3600, ledger: { committed: [], kept: [], undone: [] } },
      steps: [step(1, 'database', 'backup', data, { timeout: 3600, secrets: ['database.main'] })],
    })
    await host.write(`${folder}/rollbook`, text)
    const options = `# database: fap\n[client]\nhost="127.0.0.1"\nport=3306\nuser="fap"\npassword="${PASSWORD}"\n`
    await host.write(`${folder}/secrets/database.main`, options)
    const journal = await must(
      host,
      `cd ${folder}
       chmod -R go= .
       sh ./rollbook run </dev/null >log 2>&1 &
       until grep -q -E ' (phase prepared|outcome .*) [.]$' journal 2>/dev/null; do sleep 0.1; done
       echo undo >control
       wait
       grep -q 'phase prepared' journal || { cat log out/*; exit 1; } >&2
       cat journal`,
    )
    const at = (words: string): number =>
      Number(
        journal
          .split('\n')
          .find(line => line.includes(words))
          ?.split(' ')[1],
      )
    return at(' phase prepared') - at(' run forward')
  },
})

const HOG = 'sh -c "while :; do :; done"'

/** The same, while something else wants every processor. */
export const onBusyHost = (contender: Contender): Contender => ({
  name: `${contender.name}, busy host`,
  busy: true,
  says: `${contender.says}; two other processes want a processor each`,
  async backUp(subject) {
    const hogs = await must(subject.host, `for _ in 1 2; do ${HOG} >/dev/null 2>&1 & echo $!; done`)
    try {
      return await contender.backUp(subject)
    } finally {
      await must(subject.host, `kill ${hogs.trim().split('\n').join(' ')}`)
    }
  },
})
