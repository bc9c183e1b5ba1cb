# One verb for services of a Compose project: arg_verb (stop, start, restart, build), arg_services. Coming back from a
# change, the same verb is used again, because the services must notice what was there before as they noticed the other.

compose_ready() {
  compose_time
  compose_there || return
  compose_known=$(compose config --services) || { echo "Compose can not read the project in $arg_folder."; return 1; }
  for compose_service in $arg_services; do
    printf '%s\n' "$compose_known" | grep -qxF -e "$compose_service" || {
      echo "The project in $arg_folder has no service $compose_service. It has:"
      printf '%s\n' "$compose_known"
      return 1
    }
  done
}

compose_state() { return 12; }

# shellcheck disable=SC2086 # names without blanks
compose_do() {
  compose_time
  compose_awaits_engine || return
  arg_project=$(compose config | sed -n 's/^name: //p' | head -n 1 | tr -d "\"'")
  case $arg_verb in
    stop) compose stop $arg_services; return ;;
    start) compose_up --no-recreate $arg_services ;;
    restart) compose_anew ;;
    build) compose build $arg_services && compose_up $arg_services ;;
  esac && compose_stays $arg_services && return
  compose_tells $arg_services
  return 1
}

# A restart alone keeps the environment that a container was made with: what has other settings by now is made anew,
# and the rest is restarted.
# shellcheck disable=SC2086 # names without blanks
compose_anew() {
  compose_before=$(compose ps --all --quiet $arg_services) || return
  compose_up $arg_services || return
  for compose_service in $arg_services; do
    for compose_id in $(compose ps --all --quiet "$compose_service"); do
      case $newline$compose_before$newline in
        *"$newline$compose_id$newline"*) docker_alone restart "$compose_id" || return ;;
      esac
    done
  done
  compose_up --no-recreate $arg_services
}

compose_undo() { compose_do; }
