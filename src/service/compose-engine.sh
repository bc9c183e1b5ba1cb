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
  compose_alone docker compose ${arg_file:+-f "$arg_file"} "$@"
}

compose_up() { # more words, services
  compose up --detach --no-deps --no-build --pull never --wait --wait-timeout "$(compose_patience)" "$@"
}

# What is left of the step's time for waiting, so that Compose ends by itself rather than be cut in the middle.
compose_patience() {
  if [ "$step_timeout" -gt 40 ]; then echo "$((step_timeout - 20))"; else echo "$(((step_timeout + 1) / 2))"; fi
}

# A step that the runbook gives no time of its own has so many seconds: containers take longer to stop, start and be
# healthy than a service of systemd.
compose_time() { [ -z "$arg_patience" ] || step_timeout=$arg_patience; }

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
# health (`-` without a health check).
compose_containers() {
  # shellcheck disable=SC2046 # ids, a line each
  set -- $(docker_alone ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$arg_project" \
    --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False)
  # All of the state, because a template that names what a container lacks fails as a whole.
  [ $# -eq 0 ] || docker_alone inspect --format '{{.Id}} {{.Image}} {{.State.Status}} {{.RestartCount}} {{json .State}}' "$@" |
    while read -r compose_id compose_image compose_status compose_restarts compose_state; do
      case $compose_state in
        *'"Health":{"Status":"none"'*) compose_health=- ;;
        *'"Health":{"Status":"'*) compose_health=${compose_state#*'"Health":{"Status":"'} compose_health=${compose_health%%'"'*} ;;
        *) compose_health=- ;;
      esac
      echo "$compose_id $compose_image $compose_status $compose_restarts $compose_health"
    done
}

# Do services stay up? A container that dies at once may look started, and its restarts tell. One with a health check
# has shown more than that already, and is looked at for a shorter time.
compose_stays() { # services
  compose_first=$(compose_all "$@")
  compose_soak=2
  case $compose_first in *' -') compose_soak=5 ;; *" -$newline"*) compose_soak=5 ;; esac
  sleep "$compose_soak"
  compose_second=$(compose_all "$@")
  case $compose_second in
    *' restarting '* | *' exited '* | *' dead '* | *' created '* | *' unhealthy'*) ;;
    *) [ "$compose_first" != "$compose_second" ] || return 0 ;;
  esac
  echo "A service does not stay up (container, image, state, restarts, health):"
  printf '%s\n' "$compose_second"
  return 1
}

compose_all() { for compose_service; do compose_containers "$compose_service"; done; }

# What services printed last, for whoever has to find out why they don't serve.
compose_tells() { compose logs --no-color --tail 15 "$@" 2>&1; }
