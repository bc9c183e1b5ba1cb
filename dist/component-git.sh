# A checkout that is moved to another commit: arg_path, arg_before and arg_after (commits), arg_branch (the branch that it
# is on, or empty), arg_move (`checkout` leaves the branch where it is, `reset` takes it along), arg_stash (`yes` puts
# changes aside first). No hook runs and nothing is fetched.

git_here() {
  cd -- "$arg_path" || return
  # What lies in the checkout must not decide what runs here.
  set -- -c core.hooksPath=/dev/null -c core.fsmonitor=false -c advice.detachedHead=false "$@"
  limited git "$@"
}

git_head() { git_here rev-parse --verify --quiet 'HEAD^{commit}'; }
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
  if [ -e "$(git_folder)/index.lock" ]; then echo "Another git is at work in $arg_path, or died there: $(git_folder)/index.lock"; return 1; fi
  git_here cat-file -e "$git_next^{commit}" || { echo "The commit $git_next is not in $arg_path."; return 1; }
  git_complete || return
  if [ -n "$(git_changes)" ]; then
    [ "$arg_stash" = yes ] || { echo "$arg_path has changes that are in no commit:"; git_changes | head -n 20; return 1; }
    git_here var GIT_COMMITTER_IDENT >/dev/null 2>&1 || { echo 'git can not put changes aside without a name: git config user.name and user.email'; return 1; }
  else
    # Would a file that git does not know be written over? Tried without writing anything.
    git_here read-tree --dry-run -m -u "$git_now" "$git_next" || return
  fi
  [ -w "$(git_folder)" ] || { echo "$(id -un) may not write in $(git_folder)."; return 1; }
}

# What a move of the checkout alone can't bring along.
git_complete() {
  git_links=$(git_here diff --raw --no-renames "$git_now" "$git_next" | grep -E '^:(160000|[0-7]+ 160000)') && {
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
    "$arg_after") [ -n "$(git_unlike "$arg_after")" ] && return 11; return 0 ;;
    "$arg_before") return 10 ;;
    *) return 11 ;;
  esac
}

# Files that are not as the commit says; none where changes were put back on top on purpose.
git_unlike() { [ "$arg_stash" = yes ] || git_here diff --name-only "$1"; }

git_do() {
  git_here update-ref "refs/tags/rollbook/$plan_run" "$arg_before" || return
  if [ "$arg_stash" = yes ] && [ "$(git_head)" = "$arg_before" ] && [ -n "$(git_changes)" ]; then
    git_here stash push --quiet --message "rollbook/$plan_run" || return
  fi
  if [ "$arg_move" = reset ] && [ -n "$arg_branch" ]; then git_checkout "$arg_after" -B "$arg_branch" "$arg_after"
  else git_checkout "$arg_after" --detach "$arg_after"; fi
}

# Back to the branch that it was on, at the commit that it was on; what was put aside comes back on top.
git_undo() {
  git_orphan
  if [ -z "$arg_branch" ]; then git_checkout "$arg_before" --force --detach "$arg_before"
  elif [ "$arg_move" = reset ]; then git_checkout "$arg_before" --force -B "$arg_branch" "$arg_before"
  else git_checkout "$arg_before" --force "$arg_branch"; fi || return
  git_stash=$(git_here stash list --format='%gd %s' | grep -F "rollbook/$plan_run" | head -n 1)
  [ -z "$git_stash" ] || git_here stash pop --quiet --index "${git_stash%% *}"
}

# `checkout -B` takes a branch along as `reset --hard` does, and leaves files alone that git does not know.
git_checkout() { # commit that it ends on, words for checkout
  git_end=$1
  shift
  git_here checkout --quiet --no-overwrite-ignore "$@" -- || return
  durable "$(git_folder)"
  [ "$(git_head)" = "$git_end" ] && return
  echo "$arg_path is on $(git_head), and not on $git_end."
  return 1
}

# A git of ours that was killed leaves its lock behind. `ready` saw none, so it is ours unless a git holds it now.
git_orphan() {
  git_lock=$(git_folder)/index.lock
  [ -e "$git_lock" ] || return 0
  # shellcheck disable=SC2010 # links of /proc, read in one go
  ls -l /proc/[0-9]*/fd 2>/dev/null | grep -qF -e "-> $git_lock" || rm -f "$git_lock"
}
