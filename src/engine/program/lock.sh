# The lock of the application on this host: a link whose text names its owner.

name_ourselves() {
  read -r boot_now </proc/sys/kernel/random/boot_id
  owner=v1:$plan_run:$boot_now:$$:$(started_at $$)
}

take_lock() {
  name_ourselves
  ln -s "$owner" "$lock" 2>/dev/null && durable "$state_folder" && return
  holder=$(readlink "$lock")
  owner=''
  journal refused lock "$(owner_is "$holder")" "$holder"
  return 1
}

# Takes the lock over from an owner that is certainly dead. Of several heirs one wins: each must make the link
# `lock.heir.<n>` first, and may go on to n + 1 only when the heir before it is dead too; whoever has it looks at the
# lock again, because an heir that was slow may find it free by then.
inherit_lock() {
  dead=$1
  name_ourselves
  heir=1
  until ln -s "$owner" "$lock.heir.$heir" 2>/dev/null; do
    [ "$(owner_is "$(readlink "$lock.heir.$heir")")" = dead ] || { owner=''; return 1; }
    heir=$((heir + 1))
  done
  if [ "$(readlink "$lock")" = "$dead" ]; then
    rm -f "$lock.new.$$"
    ln -s "$owner" "$lock.new.$$" && mv -T "$lock.new.$$" "$lock" && durable "$state_folder"
  else
    rm -f "$lock.heir.$heir"
    owner=''
    return 1
  fi
}

# Only our own lock is ever removed.
free_lock() {
  [ -n "$owner" ] || return 0
  if holding; then rm -f "$lock"; fi
  for link in "$lock".heir.*; do
    [ -L "$link" ] || continue
    [ "$(readlink "$link")" != "$owner" ] && [ "$(owner_is "$(readlink "$link")")" = alive ] || rm -f "$link"
  done
  owner=''
}

holding() { [ "$(readlink "$lock")" = "$owner" ]; }
