/** What stands in the four `.env` files. */
export interface Settings {
  /** `new` is what 1.1 was deployed with, and does not serve with; `legacy` is what the copies beside them have. */
  readonly mode: 'new' | 'legacy'
  readonly tag?: string
  /** Of the copies beside them. */
  readonly copies?: 'that serve' | 'that do not reach the database'
}

export const FILES = ['.env', 'backend/.env', 'frontend/.env', 'agent/.env']

const PASSWORD = 'db-p4ssw0rd'

const contents = (mode: string, tag: string, level: string, port = 5432): readonly string[] => [
  `# The whole project\nTAG=${tag}\nLOG_LEVEL=${level}\n`,
  `DATABASE_URL=postgresql://ssalgten:${PASSWORD}@postgres:${port}/ssalgten\nMODE=${mode}\n`,
  `TITLE=${mode}\n`,
  `EVERY=${mode}\n`,
]

/** Shell lines that write the files, and the copies of an earlier day beside them. */
export const writeSettings = ({ mode, tag = '1.1', copies = 'that serve' }: Settings): string => {
  const now = contents(mode, tag, 'debug')
  const then = contents('legacy', tag, 'info', copies === 'that serve' ? 5432 : 5999)
  return FILES.flatMap((file, at) => [
    `printf '%s' '${now[at]}' >${file}`,
    `printf '%s' '${then[at]}' >${file}.backup`,
    `chmod 640 ${file} ${file}.backup`,
  ]).join('\n')
}

/** How the application logs in. */
export const CREATE_ROLE = `create role ssalgten login superuser password '${PASSWORD}'`
