// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose reads.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Shell } from './shells.ts'
import type { Site } from './site.ts'

// What these tests are about is our own shell under three shells; how the real Compose behaves is tried in test/system.
// This stand-in knows the few words that are asked of it: images are files, containers are lines of a file.
const DOCKER = `#!/bin/sh
cd_to=$PWD
state=@STATE@
value() { sed -n "s/^$1=\\([^ ]*\\).*/\\1/p" "$2" | tail -n 1; }
config() {
  # A variable of the shell wins over .env, as it does in the real one.
  tag=\${TAG:-$(value TAG "$env_file")}
  sed "s/\\\${TAG}/$tag/" "$compose_file"
}
id_of() { cat "$state/images/$(printf %s "$1" | tr / _)" 2>/dev/null; }
compose() {
  compose_file=$cd_to/compose.yml env_file=$cd_to/.env
  while :; do
    case $1 in
      -f) compose_file=$2; shift 2 ;;
      --env-file) env_file=$2; shift 2 ;;
      --project-directory | --project-name) shift 2 ;;
      *) break ;;
    esac
  done
  word=$1
  shift
  case $word in
    version) echo 2.26.1 ;;
    config) case " $* " in *' --services '*) printf 'web\\nworker\\n' ;; *) config ;; esac ;;
    logs) echo 'web | listening' ;;
    up)
      case " $* " in *' --pull never '*' --wait-timeout '*) ;; *) exit 9 ;; esac
      [ ! -p "$state/hold" ] || read -r _ <"$state/hold"
      for service; do
        case $service in -* | never | [0-9]*) continue ;; esac
        reference=$(config | sed -n "/^  $service:/,/image:/s/^    image: //p")
        id=$(id_of "$reference") || { echo "No such image: $reference"; exit 1; }
        sed -i "s/^\\([^ ]*\\) $service .*/\\1 $service $id running 0 healthy/" "$state/containers"
      done
      [ ! -e "$state/falls-silent" ] || : >"$state/silent"
      if grep -q sha256:bad "$state/containers"; then exit 1; fi
      ;;
  esac
}
[ "$1" != --log-level ] || shift 2
echo "$*" >>"$state/calls"
case $1 in
  compose) shift; compose "$@" ;;
  version) echo 26.1 ;;
  ps) [ ! -e "$state/silent" ] || exit 1
    for word; do case $word in label=com.docker.compose.service=*) service=\${word##*=} ;; esac; done
    sed -n "s/^\\([^ ]*\\) $service .*/\\1/p" "$state/containers" ;;
  inspect) shift 2; for id; do case $id in -*) continue ;; esac; grep "^$id " "$state/containers" | sed 's/^\\([^ ]*\\) [^ ]* \\(.*\\) \\([^ ]*\\)$/\\1 \\2 {"Health":{"Status":"\\3"}}/'; done ;;
  image) shift; case $1 in
    inspect) for word; do :; done; case $word in sha256:*) grep -rqF "$word" "$state/images" ;; *) id_of "$word" ;; esac ;;
    ls) ls "$state/images" ;;
  esac ;;
  tag) cp "$state/images/$(basename "$(grep -lF "$2" -r "$state/images" | head -n 1)")" "$state/images/$(printf %s "$3" | tr / _)" ;;
  pull) for word; do :; done; mv "$state/registry/$(printf %s "$word" | tr / _)" "$state/images/" 2>/dev/null ;;
esac
`

/** A project of two services, `web` with its tag in `.env` and `worker` with it in the file, and what stands for an engine. */
export interface Double {
  readonly folder: string
  readonly state: string
  readonly path: string
  containers(): string[]
  calls(): string
  compose(): string
  env(): string
}

/** Ids of images as long as real ones. */
export const idOf = (version: string): string =>
  `sha256:${Buffer.from(version).toString('hex').padEnd(64, '0')}`

export function makeDouble(site: Site, shell: Shell): Double {
  const folder = join(site.root, 'project')
  const state = join(site.root, 'engine')
  const bin = join(site.root, 'bin')
  for (const each of [folder, join(state, 'images'), bin]) mkdirSync(each, { recursive: true })
  writeFileSync(join(bin, 'docker'), DOCKER.replace('@STATE@', state))
  chmodSync(join(bin, 'docker'), 0o755)
  writeFileSync(
    join(folder, 'compose.yml'),
    'name: shop\n# ä, keep\nservices:\n  web:\n    image: shop-web:${TAG}\n  worker:\n    image: shop-worker:1.1\n    secret: s3cr3t\n',
  )
  writeFileSync(join(folder, '.env'), 'PASSWORD=s3cr3t\nTAG=1.1 # live\n', { mode: 0o640 })
  for (const name of ['web', 'worker'])
    for (const version of ['1.1', '1.0'])
      writeFileSync(join(state, 'images', `shop-${name}:${version}`), idOf(name + version))
  writeFileSync(
    join(state, 'containers'),
    ['web', 'worker'].map((name, at) => `c${at} ${name} ${idOf(`${name}1.1`)} running 0 healthy\n`).join(''),
  )
  const read = (file: string) => readFileSync(file, 'utf8')
  return {
    folder,
    state,
    path: `${bin}:${shell.path}`,
    containers: () => read(join(state, 'containers')).trim().split('\n'),
    calls: () => read(join(state, 'calls')),
    compose: () => read(join(folder, 'compose.yml')),
    env: () => read(join(folder, '.env')),
  }
}
