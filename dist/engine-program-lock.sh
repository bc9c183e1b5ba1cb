# The lock of the application on this host: a link whose text names its owner.

name_ourselves() {
  read -r boot_now </proc/sys/kernel/random/boot_id
  owner=v1:$plan_run:$boot_now:$$:$(started_at $$)
}

# Takes the lock; when that fails, `holder` is who has it, or empty when the lock can't be made at all.
take_lock() {
  name_ourselves
  # Whoever had it may let go between our try and our look: then we try again.
  for _ in 1 2 3; do
    # `prepare` makes it last, together with what it guards.
    if ln -s "$owner" "$lock" 2>/dev/null && holding; then return; fi
    holder=$(readlink "$lock") && break
  done
  owner=''
  return 1
}

# Takes the lock over from an owner that is certainly dead. Of several heirs one wins: each must make the link
# `lock.heir.<n>` first, and may go on to n + 1 only when the heir before it is dead too. Whoever has made it looks at
# the lock again, because an heir that was slow may find that it is somebody else's by then; if not, its link becomes
# the lock.
inherit_lock() {
  dead=$1
  name_ourselves
  heir=1
  until ln -s "$owner" "$lock.heir.$heir" 2>/dev/null; do
    [ "$(owner_is "$(readlink "$lock.heir.$heir")")" = dead ] || { owner=''; return 1; }
    heir=$((heir + 1))
  done
  if [ "$(readlink "$lock")" = "$dead" ] && mv -T "$lock.heir.$heir" "$lock"; then durable "$state_folder"; return; fi
  rm -f "$lock.heir.$heir"
  owner=''
  return 1
}

# Only our own lock is ever removed, and links of heirs that died on the way to it.
free_lock() {
  [ -n "$owner" ] || return 0
  for link in "$lock".heir.*; do
    [ ! -L "$link" ] || [ "$(owner_is "$(readlink "$link")")" = alive ] || rm -f "$link"
  done
  if holding; then rm -f "$lock"; fi
  owner=''
}

holding() { [ -n "$owner" ] && [ "$(readlink "$lock")" = "$owner" ]; }

# The lock is ours, or nobody's and then ours again: somebody may have taken it away by hand.
hold_again() { holding || { [ ! -L "$lock" ] && take_lock; }; }
