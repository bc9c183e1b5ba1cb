# The names that runs gave to the images that they left, as the list kept-images in the state folder has them:
#   <epoch> <run> <id of the image> <name>
# Ours is a name on that list that still goes to the same image.

images_left() {
  [ -s "$state/kept-images" ] && command -v docker >/dev/null 2>&1 || return 0
  tail -n 300 "$state/kept-images" | while read -r _ left_run left_id left_name; do
    left_now=$(images_left_docker image inspect --format '{{.Id}} {{.Size}}' "$left_name" 2>/dev/null) || continue
    tell_left image "$left_run" "${left_now##* }" "$left_name" "$(images_left_state "$left_run" "$left_id" "${left_now%% *}")"
  done
}

images_left_docker() {
  if command -v timeout >/dev/null 2>&1; then timeout 20 docker "$@" </dev/null; else docker "$@" </dev/null; fi
}

# The list is proof enough when the folder of the run is gone.
images_left_state() { # run, id on the list, id that the name goes to
  left_says=$(left_state "$1")
  if [ "$2" != "$3" ]; then left_says=unproved
  elif [ "$left_says" = unproved ] && [ ! -e "$state/runs/$1" ]; then left_says=changed; fi
  echo "$left_says"
}

# Only the name goes; the image with it when nothing else has one for it. One that a container uses stays.
images_remove() { # run, name
  left_id=$(grep -F " $1 " "$state/kept-images" | grep -e " $2\$" | tail -n 1)
  left_id=${left_id% *} left_id=${left_id##* }
  case $2 in rollbook-keep/*:"$1") ;; *) return 1 ;; esac
  left_now=$(images_left_docker image inspect --format '{{.Id}}' "$2") || return
  left_is_over "$(images_left_state "$1" "$left_id" "$left_now")" || return
  images_left_docker image rm "$2"
}
