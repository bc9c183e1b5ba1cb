# Services behind a proxy, one container beside the other: the new one is healthy before the old one stops. Whatever way
# it goes, and wherever it was cut: so many containers of the wanted image, then the others go.

images_roll() { # `before` or `after`
  images_lines "$1" | while read -r images_service images_id _; do
    images_count=$(images_count_of "$images_service")
    images_roll_one </dev/null || exit 1
  done
}

images_roll_one() {
  images_all=$(compose_containers "$images_service")
  images_good=$(printf '%s\n' "$images_all" | images_good_ones)
  images_there=$(printf '%s\n' "$images_all" | grep -c .)
  images_lack=$((images_count - $(printf '%s\n' "$images_good" | grep -c .)))
  if [ "$images_lack" -gt 0 ]; then
    compose_up --no-recreate --scale "$images_service=$((images_there + images_lack))" "$images_service" || return
    images_all=$(compose_containers "$images_service")
    images_good=$(printf '%s\n' "$images_all" | images_good_ones)
    if [ "$(printf '%s\n' "$images_good" | grep -c .)" -lt "$images_count" ]; then
      echo "$images_service: the new containers do not run (container, image, state, restarts, health):"
      printf '%s\n' "$images_all"
      return 1
    fi
    compose_stays "$images_service" || return
  fi
  printf '%s\n' "$images_all" | while read -r images_container images_image _; do
    if [ -z "$images_container" ] || [ "$images_image" = "$images_id" ]; then continue; fi
    { docker_alone stop "$images_container" && docker_alone rm "$images_container"; } </dev/null >/dev/null || exit 1
  done
}

# Containers of the wanted image that serve.
images_good_ones() {
  while read -r images_container images_image images_status _ images_health; do
    case $images_image:$images_status:$images_health in
      "$images_id":running:healthy | "$images_id":running:-) echo "$images_container" ;;
    esac
  done
}
