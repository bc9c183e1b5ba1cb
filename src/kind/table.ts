import { database } from '../backup/database.ts'
import { files } from '../backup/files.ts'
import { postgres } from '../backup/postgres.ts'
import { any } from '../check/any.ts'
import { http } from '../check/http.ts'
import { load } from '../check/load.ts'
import { tcp } from '../check/tcp.ts'
import { use } from '../check/use.ts'
import { git } from '../component/git.ts'
import { images } from '../component/images.ts'
import { restore } from '../component/restore.ts'
import { restoreDatabase } from '../component/restore-database.ts'
import { symlink } from '../component/symlink.ts'
import { tail } from '../diagnose/tail.ts'
import { compose } from '../service/compose.ts'
import { nginx } from '../service/nginx.ts'
import { systemd } from '../service/systemd.ts'
import { run } from '../step/run.ts'
import type { Kind } from './kind.ts'

/** Every kind that this version supports. A new one is one new file and one line here. */
export const KINDS: readonly Kind[] = [
  symlink,
  git,
  images,
  restore,
  restoreDatabase,
  database,
  postgres,
  files,
  systemd,
  compose,
  nginx,
  run,
  http,
  tcp,
  load,
  any,
  use,
  tail,
]

/** The kind of a name; undefined when it is not supported. */
export const kindOf = (name: string): Kind | undefined => KINDS.find(kind => kind.name === name)
