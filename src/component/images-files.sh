# Bytes of a Compose file or of `.env` that become others: arg_edits, a line for each place with the file, its offset in
# bytes, what stands there and what shall stand there, in the order of the places; arg_sums, a line for each file with
# what its sha256 was. Everything else in the file stays as it is.

images_names() { printf '%s\n' "$arg_sums" | while read -r images_name _; do [ -z "$images_name" ] || echo "$images_name"; done; }

# The bytes of file $1 from $2 on, $3 of them; to its end without $3.
images_bytes() {
  if [ $# -lt 3 ]; then tail -c +$(($2 + 1)) <"$arg_folder/$1"
  elif [ "$3" -gt 0 ]; then tail -c +$(($2 + 1)) <"$arg_folder/$1" | head -c "$3"; fi
}

# What file $1 says with its places changed: `after` from what it was, `before` back from what it became.
images_text() {
  images_name=$1 images_turn=$2 images_at=0 images_moved=0
  printf '%s\n' "$arg_edits" | {
    while read -r images_file images_place images_old images_new; do
      [ "$images_file" = "$images_name" ] || continue
      if [ "$images_turn" = before ]; then
        images_place=$((images_place + images_moved)) images_moved=$((images_moved + ${#images_new} - ${#images_old}))
        images_swap=$images_old images_old=$images_new images_new=$images_swap
      fi
      images_bytes "$images_name" "$images_at" $((images_place - images_at))
      printf '%s' "$images_new"
      images_at=$((images_place + ${#images_old}))
    done
    images_bytes "$images_name" "$images_at"
  }
}

images_sum() { sha256sum | { read -r images_sha _ && echo "$images_sha"; }; }
images_sum_of() { images_sum <"$arg_folder/$1"; }

# What the sha256 of file $1 is `before` or `after`: the first is in the plan, the second was written down by `ready`.
images_known_sum() {
  if [ "$2" = before ]; then images_list=$arg_sums; else images_list=$(cat "$run_folder/images.$act_step" 2>/dev/null); fi
  printf '%s\n' "$images_list" | while read -r images_name images_sha; do
    if [ "$images_name" = "$1" ]; then echo "$images_sha"; break; fi
  done
}

# Notes what each file will be, so that it is known again by whoever looks later; from files as they were.
images_note_sums() {
  images_names | while read -r images_each; do
    images_sha=$(images_text "$images_each" after | images_sum) && echo "$images_each $images_sha" || exit 1
  done >"$run_folder/images.$act_step" && durable "$run_folder/images.$act_step"
}

# Where the files stand: `before`, `after`, `between` when some are here and some there, or `elsewhere`.
images_files_stand() {
  images_stand=''
  for images_each in $(images_names); do
    case $(images_sum_of "$images_each") in
      "$(images_known_sum "$images_each" before)") images_this=before ;;
      "$(images_known_sum "$images_each" after)") images_this=after ;;
      *) echo elsewhere; return ;;
    esac
    if [ -z "$images_stand" ]; then images_stand=$images_this
    elif [ "$images_stand" != "$images_this" ]; then images_stand=between; fi
  done
  echo "${images_stand:-same}"
}

# May we put another file in the place of $1? A link is followed: it stays, and what it points to is replaced.
images_may_write() {
  images_real=$(readlink -f -- "$arg_folder/$1") || { echo "$arg_folder/$1 leads nowhere."; return 1; }
  [ -w "${images_real%/*}" ] || { echo "$(id -un) may not write in ${images_real%/*}, where $1 is."; return 1; }
  [ "$(id -u)" = 0 ] || [ -O "$images_real" ] || {
    echo "$images_real belongs to another user: it could not be given back to its owner."
    return 1
  }
}

# Writes file $1 as it is `before` or `after`: a whole new file, with its mode and its owner, then one rename.
images_write() {
  images_real=$(readlink -f -- "$arg_folder/$1") || return
  images_next=$images_real.rollbook-$plan_run
  # Who was killed on the way here may have left it.
  rm -f -- "$images_next"
  [ "$(images_sum_of "$1")" != "$(images_known_sum "$1" "$2")" ] || return 0
  # A copy first, because it has the mode and the owner; then the text into it.
  { cp -p -- "$images_real" "$images_next" && images_text "$1" "$2" >"$images_next"; } || { rm -f -- "$images_next"; return 1; }
  if [ "$(images_sum <"$images_next")" != "$(images_known_sum "$1" "$2")" ]; then
    rm -f -- "$images_next"
    echo "$arg_folder/$1 was changed by something else meanwhile; it stays as it is."
    return 1
  fi
  if [ "$(stat -c '%u %g %a' "$images_next")" != "$(stat -c '%u %g %a' "$images_real")" ]; then
    rm -f -- "$images_next"
    echo "$arg_folder/$1 can not be replaced with the same owner and mode; it stays as it is."
    return 1
  fi
  { durable "$images_next" && mv -T -- "$images_next" "$images_real" && durable "${images_real%/*}"; } || { rm -f -- "$images_next"; return 1; }
}
