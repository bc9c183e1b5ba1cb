# One step of the plan: loading it, running a function of its kind, and the means that kinds share.

# Sets step_* and arg_* to what the plan says of step $1.
load_step() {
  step_kind='' step_phase='' step_title='' step_in='' step_severity=fail step_timeout=60 step_secrets=''
  "step_$1"
}

# Runs one function of a step's kind, with its output in out/<step>.<action>; returns its status.
act() {
  act_step=$1 act_action=$2
  load_step "$act_step"
  case $act_action in
    do | undo)
      began "$act_step"
      journal begin "$act_step" "$act_action" || return 1
      durable journal
      ;;
    *) journal begin "$act_step" "$act_action" ;;
  esac
  (
    exec 3>&- 7>&-
    "${step_kind}_$act_action"
  ) </dev/null >"out/$act_step.$act_action" 2>&1
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

# Is step $1 where action $2 was to bring it? Steps that can't be looked at are taken at their word.
arrived() {
  load_step "$1"
  ( exec 3>&- 7>&-; "${step_kind}_state" ) </dev/null >"out/$1.state" 2>&1
  case $?:$2 in
    0:do | 10:undo | 12:*) return 0 ;;
    *) journal strayed "$1" "$2"; return 1 ;;
  esac
}

# A command under the time limit of its step: `limited systemctl reload nginx`.
limited() {
  if [ "$limit_with" = timeout ]; then timeout -k 5 "$step_timeout" "$@"; return; fi
  "$@" &
  limited_pid=$!
  ( sleep "$step_timeout"; kill -9 "$limited_pid" ) >/dev/null 2>&1 &
  limited_dog=$!
  wait "$limited_pid"
  limited_status=$?
  kill "$limited_dog" 2>/dev/null
  [ "$limited_status" -ne 137 ] || limited_status=124
  return "$limited_status"
}

# Root runs a command as it is; anyone else needs a rule in sudoers for exactly these words.
privileged() {
  if [ "$(id -u)" = 0 ]; then limited "$@"; else limited sudo -n "$@"; fi
}

may_run() {
  [ "$(id -u)" != 0 ] || return 0
  sudo -n -l "$@" >/dev/null 2>&1 && return
  echo "$(id -un) may not run: sudo -n $*"
  echo "Allow exactly that: echo '$(id -un) ALL=(root) NOPASSWD: $*' | sudo tee -a /etc/sudoers.d/rollbook"
  return 1
}
