# What a Compose project says of its images, for the component `images`. Nothing is written, pulled or started, and no
# variable of this shell reaches Compose: it would win over `.env`. Of `.env` only the lines are told whose variables
# stand on an image line. `component/images-reader.ts` reads what is printed.

probe_images() { # folder of the project, its Compose file or empty, services
  images_folder=$1 images_chosen=$2
  shift 2
  command -v docker >/dev/null 2>&1 || { fact images-problem no-docker; return; }
  cd -- "$images_folder" 2>/dev/null || { fact images-problem no-folder; return; }
  images_compose || return
  images_said=$(images_docker version --format '{{.Server.Version}}' 2>&1) || {
    fact images-problem no-engine "$(printf '%s\n' "$images_said" | tail -n 1)"
    return
  }
  images_files || return
  images_config=$(images_docker compose ${images_chosen:+-f "$images_chosen"} config 2>/dev/null) || {
    fact images-problem config "$(images_docker compose ${images_chosen:+-f "$images_chosen"} config 2>&1 >/dev/null | images_words)"
    return
  }
  images_project=$(printf '%s\n' "$images_config" | sed -n 's/^name: //p' | head -n 1 | tr -d "\"'")
  fact images-project "$images_project"
  images_list=$(printf '%s\n' "$images_config" | images_list_config)
  printf '%s\n' "$images_list" | while IFS= read -r images_line; do fact "images-$images_line"; done
  images_tell_env
  for images_service; do images_tell_service "$images_service"; done
  fact images-end
}

# What Compose says first, without warnings and without what it quotes: that can be a value of `.env`.
images_words() { grep -v '^time=' | head -n 1 | sed 's/".*/…/'; }

images_docker() {
  set -- env -i "PATH=$PATH" "HOME=${HOME-}" ${DOCKER_HOST:+"DOCKER_HOST=$DOCKER_HOST"} \
    ${DOCKER_CONTEXT:+"DOCKER_CONTEXT=$DOCKER_CONTEXT"} ${DOCKER_CONFIG:+"DOCKER_CONFIG=$DOCKER_CONFIG"} \
    ${XDG_RUNTIME_DIR:+"XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR"} docker "$@"
  if command -v timeout >/dev/null 2>&1; then timeout 20 "$@" </dev/null; else "$@" </dev/null; fi
}

images_compose() {
  if images_said=$(images_docker compose version --short 2>/dev/null); then fact images-compose "$images_said"; return; fi
  if images_said=$(docker-compose version --short 2>/dev/null </dev/null); then fact images-problem only-v1 "$images_said"
  else fact images-problem no-compose; fi
  return 1
}

# The files that Compose reads by itself: the first of its names, and the first of the names that lie over it.
images_files() {
  if [ -n "$images_chosen" ]; then
    [ -f "$images_chosen" ] || { fact images-problem no-file "$images_chosen"; return 1; }
    images_names=$images_chosen
  else
    if grep -qE '^[[:space:]]*(export[[:space:]]+)?COMPOSE_FILE[[:space:]]*=' .env 2>/dev/null; then
      fact images-problem compose-file
      return 1
    fi
    images_names=$(images_first compose.yaml compose.yml docker-compose.yml docker-compose.yaml)
    [ -n "$images_names" ] || { fact images-problem no-file; return 1; }
    images_names="$images_names $(images_first compose.override.yml compose.override.yaml docker-compose.override.yml docker-compose.override.yaml)"
  fi
  images_number=0
  for images_name in $images_names; do
    [ -r "$images_name" ] || { fact images-problem unreadable "$images_name"; return 1; }
    [ "$(wc -c <"$images_name")" -le 1048576 ] || { fact images-problem too-long "$images_name"; return 1; }
    images_sum=$(sha256sum <"$images_name")
    fact images-file "$images_number" "${images_sum%% *}" "$images_name"
    base64 -w 4000 <"$images_name" | while IFS= read -r images_chunk || [ -n "$images_chunk" ]; do
      fact images-text "$images_number" "$images_chunk"
    done
    images_number=$((images_number + 1))
  done
}

images_first() {
  for images_name; do
    if [ -f "$images_name" ]; then echo "$images_name"; return; fi
  done
}

# Compose writes what it made of the files in one form: two spaces in front of a service, four in front of its keys.
images_list_config() {
  images_inside='' images_service=''
  while IFS= read -r images_line; do
    case $images_inside$images_line in
      services:) images_inside=. ;;
      .[!\ ]*) images_inside='' ;;
      '.  '[!\ ]*:) images_service=${images_line#  } images_service=${images_service%:} ;;
      '.    image: '*)
        images_value=$(printf '%s' "${images_line#    image: }" | tr -d "\"'")
        echo "said $images_service $images_value"
        ;;
      '.    container_name: '*) echo "fixed $images_service container_name" ;;
      '.    network_mode: '*) echo "fixed $images_service network_mode" ;;
      '.        published: '*) echo "fixed $images_service ports" ;;
    esac
  done
}

images_tell_env() {
  { [ -f .env ] && [ -r .env ] && [ "$(wc -c <.env)" -le 262144 ]; } || return 0
  # shellcheck disable=SC2016,SC2086 # a pattern; names of a fixed list, or one that was checked
  images_wanted=$(grep -hE '(^|[^A-Za-z0-9_.-])image["'"'"']?[[:space:]]*:' $images_names | grep -oE '\$\{?[A-Za-z_][A-Za-z0-9_]*' | tr -d '${' | tr '\n' ' ')
  images_sum=$(sha256sum <.env)
  fact images-env-sum "${images_sum%% *}"
  images_return=$(printf '\r') images_offset=0
  while IFS= read -r images_line || [ -n "$images_line" ]; do
    images_name=${images_line%%=*}
    images_name=$(images_trim "$images_name")
    case " $images_wanted" in
      *" $images_name "*) fact images-env "$images_offset" "${images_line%"$images_return"}" ;;
    esac
    images_offset=$((images_offset + ${#images_line} + 1))
  done <.env
}

# The name in front of `=`, without `export` and blanks; in pure shell, for it is done for each line.
images_trim() {
  set -f
  # shellcheck disable=SC2086 # to be split
  set -- $1
  set +f
  [ "${1-}" != export ] || shift
  printf '%s' "${1-}"
}

images_tell_service() {
  # shellcheck disable=SC2046 # ids, a line each
  set -- "$1" $(images_docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$images_project" \
    --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False)
  images_service=$1
  shift
  [ $# -eq 0 ] || images_docker inspect --format '{{.Id}} {{.Image}} {{.State.Status}} {{.Config.Image}}' "$@" |
    while IFS= read -r images_line; do fact images-runs "$images_service" "$images_line"; done
  images_reference=$(printf '%s\n' "$images_list" | sed -n "s/^said $images_service //p")
  [ -n "$images_reference" ] || return 0
  images_last=${images_reference##*/}
  images_front=${images_reference%"$images_last"}
  images_last=${images_last%%@*}
  images_docker image ls --no-trunc --digests --format '{{.ID}} {{.Digest}} {{.Tag}} {{.CreatedAt}}' "$images_front${images_last%%:*}" |
    head -n 50 | while IFS= read -r images_line; do fact images-has "$images_service" "$images_line"; done
}
