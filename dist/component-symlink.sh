# A link that names the release that is live. arg_link is the link, arg_before and arg_after are its texts on the two
# sides of the switch, arg_folder is where both must lie; arg_lacking is `allow` when the target may lack what the live one
# has, arg_deploying when a deploy may be at work.

symlink_ready() {
  if [ "$direction" = forward ]; then symlink_here=$arg_before symlink_next=$arg_after
  else symlink_here=$arg_after symlink_next=$arg_before; fi
  if [ ! -L "$arg_link" ]; then printf '%s\n' "$arg_link is not a symbolic link."; return 1; fi
  symlink_now=$(readlink "$arg_link")
  if [ "$symlink_now" != "$symlink_here" ]; then
    printf '%s\n' "$arg_link points to $symlink_now, and not to $symlink_here any more: something else changed it meanwhile."
    return 1
  fi
  symlink_parent=${arg_link%/*}
  if [ ! -w "$symlink_parent" ]; then printf '%s\n' "$(id -un) may not write in $symlink_parent."; return 1; fi
  cd -- "$symlink_parent" || return 1
  symlink_undisturbed || return
  if [ ! -e "$symlink_next" ]; then printf '%s\n' "$symlink_next is not there."; return 1; fi
  # Where it comes from was live once, wherever it lies and whatever it has.
  [ "$direction" = forward ] || return 0
  symlink_real=$(readlink -f "$symlink_next")
  case $symlink_real in
    "$(readlink -f "$arg_folder")"/*) ;;
    *) printf '%s\n' "$symlink_next lies outside $arg_folder, in $symlink_real."; return 1 ;;
  esac
  if [ -d "$symlink_real" ]; then symlink_complete
  elif [ -d "$arg_link" ]; then printf '%s\n' "$symlink_next is not a folder; what is live is one."; return 1; fi
}

# A deploy that began since we looked. We have our lock by now: where both make their mark before they look for the other's,
# one of them sees it. Who goes back again is not kept from it by a mark that nobody may ever take away.
symlink_undisturbed() {
  for symlink_deploy in "$symlink_parent"/.dep/deploy.lock "$symlink_parent"/deploy.lock "$HOME"/.kamal/locks/* "$HOME"/.kamal/lock-*; do
    if [ ! -e "$symlink_deploy" ] && [ ! -L "$symlink_deploy" ]; then continue; fi
    if [ "$direction" != forward ] || [ "$arg_deploying" = allow ]; then
      printf '%s\n' "warning: a deploy may be at work: $symlink_deploy is there"
      continue
    fi
    printf '%s\n' "A deploy is at work: $symlink_deploy is there. If it is dead and left that behind, run this again with \`confirm: run anyway\`."
    return 1
  done
}

# The target must have at its top every folder and every link that the live release has; single files may differ.
symlink_complete() {
  symlink_lacks='' symlink_broken=''
  for entry in "$arg_link"/* "$arg_link"/.[!.]*; do
    if [ ! -e "$entry" ] && [ ! -L "$entry" ]; then continue; fi
    name=${entry##*/}
    if [ -e "$symlink_real/$name" ]; then continue; fi
    if [ -L "$symlink_real/$name" ]; then symlink_broken="$symlink_broken $name"
    elif [ -d "$entry" ] || [ -L "$entry" ]; then symlink_lacks="$symlink_lacks $name"
    else printf '%s\n' "warning: the target has no file $name at its top; the live release has"; fi
  done
  [ -n "$symlink_lacks$symlink_broken" ] || return 0
  [ -z "$symlink_lacks" ] || printf '%s\n' "The target lacks at its top what the live release has:$symlink_lacks"
  [ -z "$symlink_broken" ] || printf '%s\n' "Links at the top of the target lead nowhere:$symlink_broken"
  [ "$arg_lacking" = allow ] || return 20
}

symlink_state() {
  [ -L "$arg_link" ] || return 11
  case $(readlink "$arg_link") in
    "$arg_after") return 0 ;;
    "$arg_before") return 10 ;;
    *) return 11 ;;
  esac
}

symlink_do() { symlink_flip "$arg_before" "$arg_after"; }
symlink_undo() { symlink_flip "$arg_after" "$arg_before"; }

# A new link beside the old one, renamed over it: no reader finds the name missing, on GNU and on busybox. Without -T,
# mv would put the new link inside the release that the old one points to.
symlink_flip() {
  symlink_new=$arg_link.rollbook-$plan_run
  # What an earlier try left, if it died here.
  [ ! -L "$symlink_new" ] || rm -f "$symlink_new"
  [ "$(readlink "$arg_link")" != "$2" ] || return 0
  case $2 in
    /*) [ -e "$2" ] ;;
    *) [ -e "${arg_link%/*}/$2" ] ;;
  esac || { printf '%s\n' "$2 is not there any more."; return 1; }
  { ln -s -- "$2" "$symlink_new" && symlink_put "$1" "$2"; } || { rm -f "$symlink_new"; return 1; }
  durable "${arg_link%/*}"
  [ "$(readlink "$arg_link")" = "$2" ]
}

# The last look is right before the change, because other tools know nothing of our lock.
symlink_put() {
  [ "$(readlink "$symlink_new")" = "$2" ] || return 1
  symlink_now=$(readlink "$arg_link")
  if [ "$symlink_now" = "$1" ]; then mv -T "$symlink_new" "$arg_link"; return; fi
  printf '%s\n' "$arg_link points to $symlink_now: something else changed it; left as it is."
  return 1
}
