# Docker Compose on this host, for everything that is about services: arg_folder (the project), arg_file (its Compose
# file, or empty for Compose's own search), arg_project (its name).

# A clean environment, because a variable of ours would win over `.env`; what says where the engine is stays.
compose_alone() {
  set -- env -i "PATH=$PATH" "HOME=${HOME-}" ${DOCKER_HOST:+"DOCKER_HOST=$DOCKER_HOST"} \
    ${DOCKER_CONTEXT:+"DOCKER_CONTEXT=$DOCKER_CONTEXT"} ${DOCKER_CONFIG:+"DOCKER_CONFIG=$DOCKER_CONFIG"} \
    ${XDG_RUNTIME_DIR:+"XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR"} "$@"
  limited "$@"
}

docker_alone() { compose_alone docker "$@"; }

# Never `down`, --remove-orphans, -V or -y: nothing goes that is not of the services that are named.
compose() {
  cd -- "$arg_folder" || return
  # Its warnings name what it takes for variables, and a password with a dollar in it can look like one.
  compose_alone docker --log-level error compose ${arg_file:+-f "$arg_file"} "$@"
}

# Why Compose can not read the project, without what it quotes: that can be a value of `.env`.
compose_says_why() {
  echo "Compose can not read the project in $arg_folder: $(compose config 2>&1 >/dev/null | head -n 1 | sed 's/".*/…/')"
}

compose_up() { # more words, services
  compose up --detach --no-deps --no-build --pull never --wait --wait-timeout "$(compose_patience)" "$@"
}

# What is left of the step's time for waiting, so that Compose ends by itself rather than be cut in the middle.
compose_patience() {
  if [ "$step_timeout" -gt 40 ]; then echo "$((step_timeout - 20))"; else echo "$(((step_timeout + 1) / 2))"; fi
}

compose_there() {
  command -v docker >/dev/null 2>&1 || { echo 'docker is not on this host.'; return 1; }
  compose_alone docker compose version >/dev/null || { echo 'docker compose, version 2, is not on this host.'; return 1; }
  docker_alone version --format '{{.Server.Version}}' >/dev/null || { echo "$(id -un) can not talk to the container engine."; return 1; }
  [ -d "$arg_folder" ] || { echo "The folder $arg_folder is not there."; return 1; }
}

# The engine may be starting again just now.
compose_awaits_engine() {
  compose_tries=30
  until docker_alone version --format '{{.Server.Version}}' >/dev/null 2>&1; do
    compose_tries=$((compose_tries - 1))
    [ "$compose_tries" -gt 0 ] || { echo 'The container engine does not answer.'; return 1; }
    sleep 1
  done
}

# The containers of service $1 by their labels, whatever they are called: a line each with id, image, state, restarts and
# health (`-` without a health check). Fails when the engine does not tell: nothing said is not nothing there.
compose_containers() {
  compose_ids=$(docker_alone ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$arg_project" \
    --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False) || return
  [ -n "$compose_ids" ] || return 0
  # All of the state, because a template that names what a container lacks fails as a whole.
  # shellcheck disable=SC2086 # ids, a line each
  compose_told=$(docker_alone inspect --format '{{.Id}} {{.Image}} {{.State.Status}} {{.RestartCount}} {{json .State}}' $compose_ids) || return
  printf '%s\n' "$compose_told" | while read -r compose_id compose_image compose_status compose_restarts compose_state; do
    case $compose_state in
      *'"Health":{"Status":"none"'*) compose_health=- ;;
      *'"Health":{"Status":"'*) compose_health=${compose_state#*'"Health":{"Status":"'} compose_health=${compose_health%%'"'*} ;;
      *) compose_health=- ;;
    esac
    echo "$compose_id $compose_image $compose_status $compose_restarts $compose_health"
  done
}

# Do services stay up? A container that dies at once may look started, and its restarts tell. One with a health check
# has shown more than that already, and is looked at for a shorter time. One whose health is still not known has not: Compose may
# end well when its time to wait is over.
compose_stays() { # services
  compose_first=$(compose_all "$@") || { echo 'The container engine does not tell how the services are.'; return 1; }
  compose_soak=2
  case $compose_first in *' -') compose_soak=5 ;; *" -$newline"*) compose_soak=5 ;; esac
  sleep "$compose_soak"
  compose_second=$(compose_all "$@") || { echo 'The container engine does not tell how the services are.'; return 1; }
  case $compose_second in
    *' restarting '* | *' exited '* | *' dead '* | *' created '* | *' unhealthy'* | *' starting'*) ;;
    *) [ "$compose_first" != "$compose_second" ] || return 0 ;;
  esac
  echo "A service does not stay up (container, image, state, restarts, health):"
  printf '%s\n' "$compose_second"
  return 1
}

compose_all() { for compose_service; do compose_containers "$compose_service" || return; done; }

# What services printed last, for whoever has to find out why they don't serve.
compose_tells() { compose logs --no-color --tail 15 "$@" 2>&1; }

# A name of our own on an image, so that no clean-up takes it. kept-images in the state folder lists every name that a run
# has given.
keep_image() { # id of an image, what it is called
  kept_name=rollbook-keep/$2:$plan_run
  docker_alone tag "$1" "$kept_name" </dev/null || return
  grep -qsF " $kept_name" "$state_folder/kept-images" ||
    printf '%s\n' "$(date +%s) $plan_run $1 $kept_name" >>"$state_folder/kept-images"
}

# The name of a service in the alphabet of image names.
image_plain() { printf '%s' "$1" | tr '[:upper:]' '[:lower:]' | tr -cs 'a-z0-9' '-' | sed 's/^-//;s/-$//'; }
