# Services of a Compose project that go to other images, all as one: arg_services; arg_before and arg_after, a line for
# each service with the id of the image (`-`: it has to be pulled), the image as Compose names it and, before, how many
# containers there are; arg_roll (`yes` to start the new ones beside the old). Files: images-files.sh.

images_lines() { # `before` or `after`
  if [ "$1" = before ]; then printf '%s\n' "$arg_before"; return; fi
  printf '%s\n' "$arg_after" | while read -r images_service images_id images_reference; do
    [ "$images_id" != - ] || images_id=$(images_pulled "$images_service" || images_id_of "$images_reference")
    echo "$images_service ${images_id:--} $images_reference"
  done
}

# What `ready` pulled for a service; its name may be gone again since then.
images_pulled() {
  while read -r images_each images_was; do
    if [ "$images_each" = "$1" ]; then echo "$images_was"; return; fi
  done 2>/dev/null <"$run_folder/images-pulled.$act_step"
  return 1
}

images_count_of() { # service
  printf '%s\n' "$arg_before" | while read -r images_each _ _ images_number; do
    if [ "$images_each" = "$1" ]; then echo "$images_number"; break; fi
  done
}

images_id_of() { docker_alone image inspect --format '{{.Id}}' "$1" 2>/dev/null </dev/null; }

images_ready() {
  compose_there || return
  if [ "$direction" = forward ]; then images_now=before images_next=after; else images_now=after images_next=before; fi
  [ "$direction" != forward ] || images_note_sums || { echo "$run_folder can not be written."; return 1; }
  case $(images_files_stand) in
    "$images_now" | same) ;;
    *) echo "The files of $arg_folder are not what they were: something else changed them meanwhile."; return 1 ;;
  esac
  for images_each in $(images_names); do images_may_write "$images_each" || return; done
  if [ "$direction" = forward ]; then
    # One whose health is not known yet may be no better when we come back.
    # shellcheck disable=SC2086 # names without blanks
    case $(compose_all $arg_services) in
      *' starting'*) true >"$run_folder/images-sick.$act_step" ;;
      *) images_serve "$images_now" || true >"$run_folder/images-sick.$act_step" ;;
    esac
  fi
  images_serve "$images_now" || { echo "The services of $arg_folder do not run what they ran: something else changed them meanwhile."; return 1; }
  images_lines "$images_next" | while read -r images_service images_id images_reference _; do
    images_on_host "$images_service" "$images_id" "$images_reference" </dev/null || exit 1
  done || return
  images_only_these
}

# The image is here, and is still the one that was meant; one that is missing is pulled now, while nothing is touched.
images_on_host() { # service, id of the image, the image as Compose names it
  wanted_id=$2 wanted=$3
  if [ "$direction" != forward ]; then
    images_id_of "$wanted_id" >/dev/null || { echo "The image of $1 that ran before, $wanted_id, is not on this host any more."; return 1; }
    return 0
  fi
  wanted_found=$(images_id_of "$wanted")
  if [ -z "$wanted_found" ]; then
    echo "$wanted is not on this host; it is pulled."
    docker_alone pull --quiet "$wanted" && wanted_found=$(images_id_of "$wanted") && echo "$1 $wanted_found" >>"$run_folder/images-pulled.$act_step"
  fi
  case $wanted_found in
    '')
      wanted_repository=${wanted%@*}
      case ${wanted_repository##*/} in *:*) wanted_repository=${wanted_repository%:*} ;; esac
      echo "$wanted is not on this host, and can not be pulled. The host has of it, the newest first:"
      docker_alone image ls --format '  {{.Tag}} (made {{.CreatedSince}})' "$wanted_repository" | head -n 20
      return 1
      ;;
    "$wanted_id") ;;
    *) [ "$(images_planned "$1")" = - ] || { echo "$wanted is another image now than when it was chosen."; return 1; } ;;
  esac
}

images_planned() {
  printf '%s\n' "$arg_after" | while read -r images_each images_was _; do
    if [ "$images_each" = "$1" ]; then echo "$images_was"; break; fi
  done
}

# Would exactly these images change, and nothing else? Asked of Compose itself, with the files as they will be.
images_only_these() {
  # Where secrets of a run are, because `.env` has some: it goes with them, even when we are killed before we take it away.
  { [ -d "$run_folder/secrets" ] || mkdir "$run_folder/secrets"; } && images_trial=$(mktemp -d "$run_folder/secrets/images.XXXXXX") || return
  images_try; images_tried=$?
  rm -rf -- "$images_trial"
  return "$images_tried"
}

images_try() {
  # In variables, not in files: there are secrets in it.
  images_is=$(compose config 2>/dev/null | images_compared)
  [ -n "$images_is" ] || { compose_says_why; return 1; }
  images_words=''
  for images_each in $(images_names); do images_text "$images_each" "$images_next" >"$images_trial/$images_each" || return; done
  if [ -e "$images_trial/.env" ]; then images_words="--env-file $images_trial/.env"; fi
  for images_each in $(images_read); do
    if [ -e "$images_trial/$images_each" ]; then images_words="$images_words -f $images_trial/$images_each"
    else images_words="$images_words -f $arg_folder/$images_each"; fi
  done
  cd -- "$arg_folder" || return
  # shellcheck disable=SC2086 # words that are put together here, of names without blanks
  images_will=$(compose_alone docker --log-level error compose --project-directory "$arg_folder" --project-name "$arg_project" $images_words config 2>/dev/null | images_compared)
  images_pairs=$(images_references "$images_next")
  if [ "$(printf '%s\n' "$images_will" | grep -cxF "$images_pairs")" -lt "$(printf '%s\n' "$images_pairs" | grep -c .)" ]; then
    echo 'With the new text Compose would not run what it should, which is:'
    printf '%s\n' "$images_pairs"
    return 1
  fi
  # What changes is compared with what was wanted; everything else with what it was.
  images_rest=$(printf '%s\n' "$images_will" | grep -vxF "$images_pairs")
  images_pairs=$(images_references "$images_now")
  [ "$images_rest" != "$(printf '%s\n' "$images_is" | grep -vxF "$images_pairs")" ] || return 0
  echo "The new text would change more than the images of $arg_services: another service may take its image from the same place, or something else the same variable."
  printf '%s\n' "$images_rest" | grep -E '^[A-Za-z0-9._-]+ [^ ]+$'
  return 1
}

# What each service runs now, as `service image`.
images_references() {
  images_lines "$1" | while read -r images_service _ images_reference _; do echo "$images_service $images_reference"; done
}

# The output of `config`, with the image of each service as `service image`.
images_compared() {
  images_inside='' images_service=''
  while IFS= read -r images_line; do
    case $images_line in
      services:) images_inside=. ;;
      # Blocks that services take from are told again where they are taken.
      x-*) images_inside=x ;;
      [!\ ]*) images_inside='' ;;
    esac
    [ "$images_inside" != x ] || continue
    case $images_inside$images_line in
      '.  '[!\ ]*:) images_service=${images_line#  } images_service=${images_service%:} ;;
      '.    image: '*) images_line="$images_service $(printf '%s' "${images_line#    image: }" | tr -d "\"'")" ;;
    esac
    printf '%s\n' "$images_line"
  done
}

# The files that make the project, in their order.
images_read() {
  if [ -n "$arg_file" ]; then echo "$arg_file"; return; fi
  images_first compose.yaml compose.yml docker-compose.yml docker-compose.yaml
  images_first compose.override.yml compose.override.yaml docker-compose.override.yml docker-compose.override.yaml
}

images_first() {
  for images_name; do
    if [ -f "$arg_folder/$images_name" ]; then echo "$images_name"; return; fi
  done
}

# Does every service run its image, in as many containers as there were, and in no other?
images_serve() { # `before` or `after`
  images_sick=''
  # One that crashed before it was touched is where it was when it crashes again.
  if [ "$1" = before ] && [ -e "$run_folder/images-sick.$act_step" ]; then images_sick=yes; fi
  images_lines "$1" | while read -r images_service images_id _; do
    images_count=$(images_count_of "$images_service")
    compose_containers "$images_service" </dev/null | {
      images_right=0 images_wrong=0
      while read -r _ images_image images_status _ images_health; do
        case $images_image:$images_sick:$images_status:$images_health in
          "$images_id":yes:* | "$images_id"::running:healthy | "$images_id"::running:starting | "$images_id"::running:-)
            images_right=$((images_right + 1))
            ;;
          *) images_wrong=$((images_wrong + 1)) ;;
        esac
      done
      [ "$images_right" = "$images_count" ] && [ "$images_wrong" = 0 ]
    } || exit 1
  done
}

images_state() {
  docker_alone version --format '{{.Server.Version}}' >/dev/null 2>&1 || return 12
  images_standing=$(images_files_stand)
  case $images_standing in
    elsewhere) return 11 ;;
    after | same) if images_serve after; then return 0; fi ;;
  esac
  case $images_standing in
    before | same) if images_serve before; then return 10; fi ;;
  esac
  # In the middle of a change of ours: there is a way on from here, and a way back.
  return 13
}

images_do() {
  images_keep && images_go after
}

images_undo() {
  compose_awaits_engine || return
  images_name_again || return
  # What was cut in the middle (two containers, one of them under another name) is put right by Compose itself the next
  # time; and once more, when the first time only cleared things away.
  images_go before && return
  echo 'Once more:'
  images_go before && return
  [ -e "$run_folder/images-sick.$act_step" ] && images_serve before || return
  echo 'The services are where they were: they did not serve before the rollback, either.'
}

images_go() { # `before` or `after`
  for images_each in $(images_names); do images_write "$images_each" "$1" || return; done
  # shellcheck disable=SC2046,SC2086 # names without blanks
  if [ "$arg_roll" = yes ]; then images_roll "$1"; else compose_up $(images_scales) $arg_services && compose_stays $arg_services; fi || {
    # shellcheck disable=SC2086
    compose_tells $arg_services
    return 1
  }
  images_serve "$1" && return
  echo 'The services do not run what they should (container, image, state, restarts, health):'
  # shellcheck disable=SC2086
  compose_all $arg_services
  return 1
}

# As many containers as there were: without a word, Compose would take away what somebody had started beside those of the
# file.
images_scales() {
  printf '%s\n' "$arg_before" | while read -r images_service _ _ images_number; do
    [ "$images_number" -le 1 ] || echo "--scale $images_service=$images_number"
  done
}

# A name of our own on what runs now, so that no clean-up takes it.
images_keep() {
  printf '%s\n' "$arg_before" | while read -r images_service images_id _; do
    keep_image "$images_id" "$(image_plain "$images_service")" || exit 1
  done
}

# A tag that goes to another image by now is given back to the one that ran; the other one keeps a name.
images_name_again() {
  printf '%s\n' "$arg_before" | while read -r images_service images_id images_reference _; do
    case $images_reference in *@*) continue ;; esac
    images_found=$(images_id_of "$images_reference")
    [ "$images_found" != "$images_id" ] || continue
    [ -z "$images_found" ] || keep_image "$images_found" "$(image_plain "$images_service")-found" || exit 1
    docker_alone tag "$images_id" "$images_reference" </dev/null || exit 1
  done
}
