# One step of the plan: loading it, running a function of its kind, and the means that kinds share.

# Sets step_* and arg_* to what the plan says of step $1.
load_step() {
  step_kind='' step_phase='' step_title='' step_in='' step_severity=fail step_timeout=60 step_secrets=''
  "step_$1"
}

# Runs function $1 of the kind of the step that is loaded, in a process of its own, with its output in
# out/<step>.<$2>. Where no output can be kept, the step runs all the same: a full disk must not keep us from going back.
in_step() {
  step_output=out/$act_step.$2
  { true >"$step_output"; } 2>/dev/null || step_output=/dev/null
  ( exec 3>&- 7>&-; "${step_kind}_$1" ) </dev/null >"$step_output" 2>&1 &
  step_process=$!
  case $1 in
    do | undo) printf '%s %s\n' "$step_process" "$(started_at "$step_process")" 2>/dev/null >at-work ;;
  esac
  wait "$step_process"
}

# A step may outlive the program that began it. It ends within its own time limit; nothing is begun beside it.
await_orphan() {
  { read -r orphan born <at-work; } 2>/dev/null || return 0
  while lives "$orphan" "$born"; do sleep 1; done
}

# Runs one function of a step's kind and tells it; returns its status. What can't be told is not done, except on the way
# back, where doing it matters more.
act() {
  act_step=$1 act_action=$2
  load_step "$act_step"
  case $act_action in
    do | undo)
      began "$act_step"
      { journal begin "$act_step" "$act_action" && durable journal; } || [ "$phase" = revert ] || return 1
      ;;
    *) journal begin "$act_step" "$act_action" ;;
  esac
  in_step "$act_action" "$act_action"
  act_status=$?
  journal end "$act_step" "$act_action" "$act_status" "$step_severity"
  return "$act_status"
}

# Runs a step that changes something: only while the lock is ours, and only a warning when the plan says so.
change() {
  holding || { journal fenced "$1"; return 1; }
  act "$1" "$2" && return
  [ "$step_severity" = warn ]
}

# Where step $1 stands: 0 as after `do`, 10 as before it, 11 somewhere else, 12 when it can't be looked at.
state_of() {
  act_step=$1
  load_step "$1"
  in_step state state
}

# Is step $1 where action $2 was to bring it? Steps that can't be looked at are taken at their word.
arrived() {
  state_of "$1"
  case $?:$2 in
    0:do | 10:undo | 12:*) return 0 ;;
    *) journal strayed "$1" "$2"; return 1 ;;
  esac
}

# A command under the time limit of its step: `limited systemctl reload nginx`. What it started goes with it when the
# time is up; the status is then 124.
limited() {
  know_limiter
  read -r limited_since _ </proc/uptime
  if [ "$limit_with" = timeout ]; then timeout -k 5 "$step_timeout" "$@"; else limited_alone "$@"; fi
  limited_status=$?
  read -r limited_until _ </proc/uptime
  case $limited_status in
    137 | 143) [ $((${limited_until%.*} - ${limited_since%.*})) -lt "$step_timeout" ] || limited_status=124 ;;
  esac
  return "$limited_status"
}

# Only GNU's timeout ends what the command has started as well. Looked at once in a run, by the first step that needs it.
know_limiter() {
  { read -r limit_with <"$run_folder/limit-with"; } 2>/dev/null && return
  limit_with=dog
  if timeout --foreground -k 1 5 true 2>/dev/null; then limit_with=timeout; fi
  # A script's step has the umask of a login by now.
  ( umask 077; echo "$limit_with" >"$run_folder/limit-with" ) 2>/dev/null
}

limited_alone() {
  limited_group=''
  if command -v setsid >/dev/null 2>&1; then limited_group=-; fi
  ${limited_group:+setsid} "$@" &
  limited_pid=$!
  (
    limited_left=$step_timeout
    while [ "$limited_left" -gt 0 ]; do sleep 1; limited_left=$((limited_left - 1)); done
    kill -15 "$limited_group$limited_pid"
    sleep 2
    kill -9 "$limited_group$limited_pid"
  ) >/dev/null 2>&1 &
  limited_dog=$!
  wait "$limited_pid"
  limited_status=$?
  kill "$limited_dog" 2>/dev/null
  return "$limited_status"
}

# The surroundings that a login gives, for what is not ours: with our umask, files that a script makes could be read by
# nobody else.
as_login() {
  umask "$login_umask"
  if [ -n "$login_locale" ]; then LC_ALL=$login_locale; else unset LC_ALL; fi
}

# Root runs a command as it is; anyone else needs a rule in sudoers for exactly these words.
privileged() {
  if [ "$(id -u)" = 0 ]; then limited "$@"; else limited sudo -n "$@"; fi
}

may_run() {
  [ "$(id -u)" != 0 ] || return 0
  limited sudo -n -l "$@" >/dev/null 2>&1 && return
  echo "$(id -un) may not run: sudo -n $*"
  echo "Allow exactly that: echo '$(id -un) ALL=(root) NOPASSWD: $*' | sudo tee -a /etc/sudoers.d/rollbook"
  return 1
}
