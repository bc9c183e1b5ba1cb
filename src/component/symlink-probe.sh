# What a host has to offer for the component `symlink`. Release names that could not be one (blanks, control
# characters, a leading dash) are counted, never printed.

probe_symlink() { # folder with releases/ and current
  fact symlink "$1"
  probe_link "$1/current"
  releases=$(readlink -f "$1/releases" 2>/dev/null)
  [ -z "$releases" ] || [ ! -d "$releases" ] || { fact releases "$releases"; probe_releases "$releases"; }
  [ ! -f "$1/revisions.log" ] || probe_log revisions "$1/revisions.log"
  [ ! -f "$1/.dep/releases_log" ] || probe_log dep "$1/.dep/releases_log"
  # Kamal keeps those of all its services in the home of its user.
  for foreign in "$1/.dep/deploy.lock" "$1/deploy.lock" "$HOME"/.kamal/locks/* "$HOME"/.kamal/lock-*; do
    if [ -e "$foreign" ] || [ -L "$foreign" ]; then fact foreign-lock "$foreign"; fi
  done
  probe_disk "$1"
}

probe_link() {
  if [ -L "$1" ]; then
    fact link link "$(readlink "$1")"
    # Only the last step is followed when the rest is missing, so a dangling link is told apart by -e.
    [ ! -e "$1" ] || fact resolved "$(readlink -f "$1")"
  elif [ -d "$1" ]; then fact link directory
  elif [ -e "$1" ]; then fact link file
  else fact link missing; fi
}

probe_releases() {
  unnamable=0 unlisted=0
  cd -- "$1" 2>/dev/null || return
  set --
  for entry in *; do
    case $entry in
      '*') [ -e "$entry" ] || continue ;;
    esac
    case $entry in
      -* | *[!A-Za-z0-9._+@-]*) unnamable=$((unnamable + 1)); continue ;;
    esac
    if [ $# -lt 2000 ]; then set -- "$@" "$entry"; else unlisted=$((unlisted + 1)); fi
  done
  [ "$unnamable" = 0 ] || fact unnamable "$unnamable"
  [ "$unlisted" = 0 ] || fact unlisted "$unlisted"
  [ $# -gt 0 ] || return
  stat -c '%Y %n' "$@" | while read -r modified entry; do
    flags='' revision=''
    if [ -L "$entry" ]; then kind='link'; elif [ -d "$entry" ]; then kind=directory; else kind=other; fi
    if [ "$kind" = directory ]; then
      [ ! -f "$entry/BAD_RELEASE" ] || flags=b
      [ ! -f "$entry/DIRTY_RELEASE" ] || flags=${flags}d
      is_empty "$entry" && flags=${flags}e
      [ ! -f "$entry/REVISION" ] || read -r revision _ <"$entry/REVISION"
      case $revision in *[!A-Za-z0-9._/-]*) revision='' ;; esac
    fi
    fact release "$kind" "$modified" "${flags:--}" "${revision:--}" "$entry"
  done
}

is_empty() {
  for inner in "$1"/* "$1"/.[!.]*; do
    if [ -e "$inner" ] || [ -L "$inner" ]; then return 1; fi
  done
}

probe_log() {
  tail -n 200 "$2" | tr -d '\r' | sed "s/^/RB1 $courier_nonce $message fact $1 /"
  [ -z "$(tail -c 1 "$2")" ] || echo
}

probe_disk() {
  # shellcheck disable=SC2046 # three numbers
  set -- $(stat -f -c '%a %S %d' "$1" 2>/dev/null)
  [ $# -ne 3 ] || fact disk "$(($1 * $2))" "$3"
}

probe_choice() { # a link that goes to one of several named files or folders
  fact symlink "$1"
  probe_link "$1"
}
