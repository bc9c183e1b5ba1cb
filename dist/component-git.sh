# A checkout that is moved to another commit: arg_path, arg_before and arg_after (commits), arg_branch (the branch that it
# is on, or empty), arg_move (`checkout` leaves the branch where it is, `reset` takes it along), arg_stash (`yes` puts
# changes aside first). No hook runs and nothing is fetched. Whatever is in no commit is never written over.

git_here() {
  cd -- "$arg_path" || return
  # What lies in the checkout must not decide what runs here, or call the network.
  set -- -c core.hooksPath=/dev/null -c core.fsmonitor=false -c protocol.allow=never -c advice.detachedHead=false "$@"
  GIT_NO_LAZY_FETCH=1 GIT_TERMINAL_PROMPT=0
  export GIT_NO_LAZY_FETCH GIT_TERMINAL_PROMPT
  # What it writes is read by others than us: by a web server, by the one who builds an image of it.
  ( umask "$login_umask"; limited git "$@" )
}

git_head() { git_here rev-parse --verify --quiet 'HEAD^{commit}'; }
git_branch() { git_here symbolic-ref --quiet --short HEAD; }
git_folder() { git_here rev-parse --absolute-git-dir; }
git_changes() { git_here status --porcelain --untracked-files=no --ignore-submodules=none; }

# Which way it goes: from where it should be now to where it shall be.
git_way() {
  if [ "$direction" = forward ]; then git_now=$arg_before git_next=$arg_after; else git_now=$arg_after git_next=$arg_before; fi
}

git_ready() {
  git_way
  git_found=$(git_head) || { echo "$arg_path is not a checkout that git can read."; return 1; }
  if [ "$git_found" != "$git_now" ]; then
    echo "$arg_path is on $git_found, and not on $git_now any more: something else moved it meanwhile."
    return 1
  fi
  for git_lock in $(git_locks); do
    [ ! -e "$git_lock" ] || { echo "Another git is at work in $arg_path, or died there: $git_lock"; return 1; }
  done
  git_here cat-file -e "$git_next^{commit}" || { echo "The commit $git_next is not in $arg_path."; return 1; }
  git_complete || return
  if [ -n "$(git_changes)" ]; then
    # On the way back they were made since, and belong to nobody's stash.
    if [ "$arg_stash" != yes ] || [ "$direction" = back ]; then
      echo "$arg_path has changes that are in no commit:"
      git_changes | head -n 20
      return 1
    fi
    git_here var GIT_COMMITTER_IDENT >/dev/null 2>&1 || { echo 'git can not put changes aside without a name: git config user.name and user.email'; return 1; }
  else
    # Would a file that git does not know be written over? Tried without writing anything.
    git_here read-tree --dry-run -m -u "$git_now" "$git_next" || return
  fi
  [ -w "$(git_folder)" ] || { echo "$(id -un) may not write in $(git_folder)."; return 1; }
}

# What a move of the checkout alone can't bring along.
git_complete() {
  git_links=$(git_here diff --raw --no-renames --ignore-submodules=none "$git_now" "$git_next" | grep -E '^:(160000|[0-7]+ 160000)') && {
    echo 'Submodules differ between the two commits, and may have to be fetched; move this checkout by hand:'
    printf '%s\n' "$git_links"
    return 1
  }
  git_large=$(git_here diff --name-only --no-renames -z "$git_now" "$git_next" | git -C "$arg_path" check-attr -z --stdin filter | tr '\0' '\n' | grep -cx lfs)
  [ "${git_large:-0}" -gt 0 ] || return 0
  git_here lfs version >/dev/null 2>&1 || { echo "$git_large files in Git LFS differ between the two commits, and git-lfs is not on this host."; return 1; }
}

git_state() {
  case $(git_head) in
    "$arg_after") [ -z "$(git_changes)" ] || return 11 ;;
    "$arg_before") return 10 ;;
    *) return 11 ;;
  esac
}

git_do() {
  git_here update-ref "refs/tags/rollbook/$plan_run" "$arg_before" || return
  if [ "$arg_stash" = yes ] && [ "$(git_head)" = "$arg_before" ] && [ -n "$(git_changes)" ]; then
    git_here stash push --quiet --message "rollbook/$plan_run" || return
  fi
  # As `reset --hard` takes a branch along, but leaves files alone that git does not know.
  if [ "$arg_move" = reset ] && [ -n "$arg_branch" ]; then git_checkout "$arg_after" --no-overwrite-ignore -B "$arg_branch" "$arg_after"
  else git_checkout "$arg_after" --no-overwrite-ignore --detach "$arg_after"; fi
}

# Back to the branch that it was on, at the commit that it was on. A git of ours that was killed may have left a mixture
# of the two commits: that is ours. Everything else in the files of either is somebody's work.
git_undo() {
  git_orphans
  git_foreign=$(git_others_work)
  if [ "$(git_head)" = "$arg_before" ] && [ "$(git_branch)" = "$arg_branch" ]; then
    # Done already, and changed since; or put back from the stash.
    [ -z "$git_foreign" ] || return 0
    if [ -z "$(git_changes)" ] && [ "$(git_left_over)" = '' ]; then git_unstash; return; fi
  fi
  if [ -n "$git_foreign" ]; then
    echo "$arg_path has changes that are in no commit; put them in a safe place, and try again:"
    printf '%s\n' "$git_foreign" | head -n 20
    return 1
  fi
  # So that files which only the other commit has go again.
  git_here read-tree "$arg_after" || return
  if [ -z "$arg_branch" ]; then git_checkout "$arg_before" --force --detach "$arg_before"
  elif [ "$arg_move" = reset ]; then git_checkout "$arg_before" --force -B "$arg_branch" "$arg_before"
  else git_checkout "$arg_before" --force "$arg_branch"; fi || return
  git_unstash
}

# What was put aside comes back on top; the entry stays in the list, because what is in it may be nowhere else.
git_unstash() {
  git_stash=$(git_here stash list --format='%gd %s' | grep -F "rollbook/$plan_run" | head -n 1)
  [ -z "$git_stash" ] || git_here stash apply --quiet --index "${git_stash%% *}"
}

# Files of either commit that hold what neither of them has.
git_others_work() {
  for git_side in before after; do
    eval "git_commit=\$arg_$git_side"
    GIT_INDEX_FILE=$run_folder/git.$git_side
    export GIT_INDEX_FILE
    git_here read-tree "$git_commit" && git_here update-index -q --refresh >/dev/null
    git_here diff-files --name-only --diff-filter=MT --ignore-submodules=none | sort >"$run_folder/git.$git_side.changed"
  done
  unset GIT_INDEX_FILE
  git_here diff --name-only --no-renames --diff-filter=D "$arg_before" "$arg_after" | sort >"$run_folder/git.before.only"
  git_here diff --name-only --no-renames --diff-filter=A "$arg_before" "$arg_after" | sort >"$run_folder/git.after.only"
  {
    git_both before.changed after.changed
    git_both before.changed before.only
    git_both after.changed after.only
  } | sort -u
  rm -f "$run_folder"/git.before* "$run_folder"/git.after*
}

git_both() { sort "$run_folder/git.$1" "$run_folder/git.$2" | uniq -d; }

# Files that only the commit has which was left, and that a killed git has left behind.
git_left_over() {
  git_here diff --name-only --no-renames --diff-filter=A "$arg_before" "$arg_after" | while IFS= read -r name; do
    [ ! -e "$arg_path/$name" ] || printf '%s\n' "$name"
  done
}

git_checkout() { # commit that it ends on, words for checkout
  git_end=$1
  shift
  git_here checkout --quiet "$@" -- || return
  durable "$(git_folder)"
  [ "$(git_head)" = "$git_end" ] && return
  echo "$arg_path is on $(git_head), and not on $git_end."
  return 1
}

git_locks() {
  for name in index HEAD packed-refs ${arg_branch:+"refs/heads/$arg_branch"}; do printf '%s\n' "$(git_folder)/$name.lock"; done
}

# A git of ours that was killed leaves its locks behind. `ready` saw none, so they are ours unless a git holds one now.
git_orphans() {
  for git_lock in $(git_locks); do
    [ -e "$git_lock" ] || continue
    # shellcheck disable=SC2010 # links of /proc, read in one go
    ls -l /proc/[0-9]*/fd 2>/dev/null | grep -qF -e "-> $git_lock" || rm -f "$git_lock"
  done
}
