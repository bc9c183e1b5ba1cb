# Services of a Compose project: arg_services, of which those of arg_stop are stopped, those of arg_build built, those of
# arg_restart restarted (both together: arg_anew), and those of arg_start started. Coming back from a change, the same is done
# again, because the services must notice what was there before as they noticed the other. Only nothing is built then: what
# ran before has been kept.

compose_ready() {
  compose_there || return
  compose_known=$(compose config --services 2>/dev/null) || { compose_says_why; return 1; }
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
  compose_awaits_engine || return
  arg_project=$(compose config | sed -n 's/^name: //p' | head -n 1 | tr -d "\"'")
  if [ -n "$arg_stop" ]; then compose stop $arg_stop; return; fi
  compose_begin && compose_stays $arg_services && return
  compose_tells $arg_services
  return 1
}

# Everything is built before anything is started.
# shellcheck disable=SC2086 # names without blanks
compose_begin() {
  compose_builds || return
  [ -z "$arg_anew" ] || compose_anew || return
  [ -z "$arg_start" ] || compose_up --no-recreate $arg_start
}

# What has another image or other settings by now is made anew: a restart alone keeps the environment that a container was
# made with. What ran before and is still the same container is restarted.
# shellcheck disable=SC2086 # names and ids without blanks
compose_anew() {
  compose_before=$(compose_running) || return
  compose_up $arg_anew || return
  compose_after=$(compose_running) || return
  compose_same=''
  for compose_id in $compose_before; do
    case $newline$compose_after$newline in
      *"$newline$compose_id$newline"*) compose_same="$compose_same $compose_id" ;;
    esac
  done
  [ -n "$compose_same" ] || return 0
  docker_alone restart $compose_same >/dev/null && compose_up --no-recreate $arg_restart
}

# The containers that run of services that are to be restarted.
# shellcheck disable=SC2086 # names without blanks
compose_running() { [ -z "$arg_restart" ] || compose ps --quiet $arg_restart; }

# A service a line: the image that ran, and the name by which Compose finds it. Only once: what runs after that is ours.
compose_keep() {
  compose_kept=$run_folder/built.$act_step
  [ ! -e "$compose_kept" ] || return 0
  for compose_service in $arg_build; do
    compose_ran=$(compose_containers "$compose_service") || return
    [ -n "$compose_ran" ] || continue
    compose_id=${compose_ran%% *} compose_kept_image=${compose_ran#* } compose_kept_image=${compose_kept_image%% *}
    compose_named=$(docker_alone inspect --format '{{.Config.Image}}' "$compose_id") || return
    # By its id, or by a digest, nothing can be given a name again.
    case $compose_named in sha256:* | *@*) continue ;; esac
    keep_image "$compose_kept_image" "$(image_plain "$arg_project-$compose_service")" || return
    printf '%s\n' "$compose_service $compose_kept_image $compose_named"
  done >"$compose_kept.part" && mv "$compose_kept.part" "$compose_kept"
}

# Gives what ran its name again. Fails when not all of it is known: then it is built.
compose_brings_back() {
  for compose_service in $arg_build; do
    compose_kept_image=$(sed -n "s/^$compose_service \(.*\)/\1/p" "$run_folder/built.$act_step" 2>/dev/null)
    # shellcheck disable=SC2086 # an id and a name
    [ -n "$compose_kept_image" ] && docker_alone tag $compose_kept_image || return
  done
}

# Services are started in the same way there and back; this is the way back to what ran before the run.
compose_goes_home() { case $direction:$phase in forward:revert | back:switch) ;; *) return 1 ;; esac; }

# shellcheck disable=SC2086 # names without blanks
compose_builds() {
  [ -n "$arg_build" ] || return 0
  if compose_goes_home; then compose_brings_back && return; else compose_keep || return; fi
  compose build $arg_build
}

compose_undo() { compose_do; }
