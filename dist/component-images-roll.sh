# Services behind a proxy, one container beside the other: the new one is healthy before the old one stops. Whatever way
# it goes, and wherever it was cut: so many containers of the wanted image, then the others go.

images_roll() { # `before` or `after`
  images_lines "$1" | while read -r images_service images_id _; do
    images_roll_one "$images_service" "$images_id" "$(images_count_of "$images_service")" </dev/null || exit 1
  done
}

images_roll_one() { # service, id of its image, how many containers
  roll_service=$1 roll_id=$2 roll_count=$3
  roll_all=$(compose_containers "$roll_service")
  roll_lack=$((roll_count - $(printf '%s\n' "$roll_all" | roll_good)))
  if [ "$roll_lack" -gt 0 ]; then
    roll_there=$(printf '%s\n' "$roll_all" | grep -c .)
    compose_up --no-recreate --scale "$roll_service=$((roll_there + roll_lack))" "$roll_service" || return
    roll_all=$(compose_containers "$roll_service")
    if [ "$(printf '%s\n' "$roll_all" | roll_good)" -lt "$roll_count" ]; then
      echo "$roll_service: the new containers do not run (container, image, state, restarts, health):"
      printf '%s\n' "$roll_all"
      return 1
    fi
    compose_stays "$roll_service" || return
  fi
  printf '%s\n' "$roll_all" | while read -r roll_container roll_image _; do
    if [ -z "$roll_container" ] || [ "$roll_image" = "$roll_id" ]; then continue; fi
    { docker_alone stop "$roll_container" && docker_alone rm "$roll_container"; } </dev/null >/dev/null || exit 1
  done
}

# How many containers of the wanted image serve.
roll_good() {
  roll_number=0
  while read -r _ roll_image roll_state _ roll_health; do
    case $roll_image:$roll_state:$roll_health in
      "$roll_id":running:healthy | "$roll_id":running:-) roll_number=$((roll_number + 1)) ;;
    esac
  done
  echo "$roll_number"
}
