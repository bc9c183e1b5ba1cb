# What a drill leaves in the state folder: the mark `drill`, for as long as it is not over, and a line of `drills.jsonl`
# for each that is. Run by the courier, whose process is the owner that the mark names: it ends when its runner does.
# Line 1 of the mark: v1:<run>:<boot id>:<pid>:<start time>; line 2: what the drill is at, JSON.

drill_write() { # run, what it is at
  mkdir -p "$state" && read -r drill_boot </proc/sys/kernel/random/boot_id || return
  drill_part=$state/drill.$$
  printf '%s\n%s\n' "v1:$1:$drill_boot:$$:$(started_at $$)" "$2" >"$drill_part" || return
  sync "$drill_part" 2>/dev/null || sync
}

# Answers whether the mark is ours now. Whoever else has it keeps it.
drill_begin() {
  drill_write "$@" || { rm -f "$state/drill.$$"; fact drill-mark 'cannot be written'; return; }
  if ln "$state/drill.$$" "$state/drill" 2>/dev/null; then fact drill-mark ours; else fact drill-mark taken; fi
  rm -f "$state/drill.$$"
}

# Says what it is at now; only in the place of its own mark.
drill_go() {
  drill_is "$1" || { fact drill-mark taken; return; }
  if drill_write "$@" && mv -f "$state/drill.$$" "$state/drill"; then fact drill-mark ours
  else rm -f "$state/drill.$$"; fact drill-mark 'cannot be written'; fi
}

drill_is() { # run
  [ -f "$state/drill" ] && [ ! -L "$state/drill" ] && read -r drill_owner <"$state/drill" || return
  case $drill_owner in v1:"$1":*) ;; *) return 1 ;; esac
}

# The runner is still there. After contact was lost it speaks through another courier, which is the owner from then on.
drill_beat() {
  drill_is "$1" || return 0
  case $drill_owner in *:"$$:$(started_at $$)") touch "$state/drill"; return ;; esac
  { read -r _ && IFS= read -r drill_at; } <"$state/drill" || return 0
  drill_go "$1" "$drill_at"
}

drill_end() {
  if drill_is "$1" && rm -f "$state/drill"; then fact drill-mark gone; else fact drill-mark 'not ours'; fi
}

drill_keep() { # the line without its beginning
  drill_list=$state/drills.jsonl
  [ ! -s "$drill_list" ] || [ -z "$(tail -c 1 "$drill_list")" ] || printf '\n' >>"$drill_list"
  printf '{"at":%s,%s\n' "$(date +%s)" "$1" >>"$drill_list" && fact drill-kept
}

drill_past() {
  [ ! -s "$state/drills.jsonl" ] || tail -n 50 "$state/drills.jsonl" | while IFS= read -r drill_line; do
    [ "${#drill_line}" -gt 4000 ] || fact drill-past "$drill_line"
  done
}
