# The way there and the way back, over all steps of the plan.

# Sets `reversed` to the words of $1, the last one first.
reverse() {
  reversed=''
  for item in $1; do reversed="$item $reversed"; done
}

# Sets what this direction means: `there`, the action that goes where it goes; `back`, the one that comes back from
# there; `switching`, the steps of switch in its order.
know_direction() {
  # shellcheck disable=SC2154 # compile.ts puts the steps of each phase in front
  switching=$steps_switch there="do" back=undo
  [ "$direction" = forward ] || { reverse "$steps_switch"; switching=$reversed there=undo back="do"; }
}

# Everything that can be known to fail is known before the first change.
prepare() {
  enter prepare || return 1
  { { [ -d out ] || mkdir out; } && printf '%16384s' '' >reserve && printf '%s\n' "$plan_json" >plan.json; } || return 1
  # After a crash of the machine, these are all that there is to go on with.
  durable rollbook plan.json . "$state_folder" "$state_folder/runs"
  know_direction
  # shellcheck disable=SC2154 # as above
  backups=$steps_backup
  # The way back has nothing to keep: it changes what the way there had kept already.
  [ "$direction" = forward ] || backups=''
  for step in $backups $steps_stop $switching $steps_start $steps_verify $steps_resume; do
    act "$step" ready || return 1
  done
  for step in $backups; do
    change "$step" "do" || return 1
    [ ! -f "backup.$step" ] || journal backup "$step" "$(cat "backup.$step")"
  done
  forget_backup_secrets
  enter prepared
}

switch() {
  enter switch || return 1
  know_direction
  for step in $steps_stop; do change "$step" "do" || { enter failed; return 1; }; done
  for step in $switching; do
    { change "$step" "$there" && arrived "$step" "$there"; } || { enter failed; return 1; }
  done
  for step in $steps_start; do change "$step" "do" || { enter failed; return 1; }; done
  enter switched
}

# Is every switch where this direction was to bring it? The journal tells what was meant, the system what is.
all_arrived() {
  know_direction
  for step in $switching; do arrived "$step" "$there" || return 1; done
}

# Brings back what this direction changed: services stopped again if they were touched, the begun switches in reverse,
# services started again. The way back is the way there with the switch turned round. A step may have been cut in the
# middle, or be undone for the second time: each undo is safe to repeat. Fails when something is not as it was.
revert() {
  enter revert
  # Whoever took our lock may be at work on the same links.
  hold_again || { journal fenced 0; return 1; }
  know_direction
  reverted=yes
  if [ -n "$stopped" ]; then
    for step in $steps_stop; do act "$step" "do" || true; done
  fi
  reverse "$begun"
  for step in $reversed; do
    state_of "$step"
    if [ $? = 11 ]; then journal strayed "$step" "$back"; reverted=''; continue; fi
    { act "$step" "$back" && arrived "$step" "$back"; } || reverted=''
  done
  if [ -n "$stopped" ]; then
    for step in $steps_start; do
      act "$step" "do" || [ "$step_severity" = warn ] || reverted=''
    done
  fi
  [ -n "$reverted" ]
}

go_home() { if revert; then finish undone; else finish needs-operator; fi; }

# Looks, as often as each check allows, whether the host serves what it should.
verify() {
  verified=yes
  for step in $steps_verify; do
    check "$step" || [ "$step_severity" = warn ] || verified=''
  done
  if [ -n "$verified" ]; then journal verified passed; else journal verified failed; fi
  [ -n "$verified" ]
}

check() {
  act_step=$1
  load_step "$1"
  tries=0 row=0 pause=0.25
  journal begin "$1" check
  while [ "$tries" -lt "$arg_attempts" ]; do
    tries=$((tries + 1))
    in_step "do" check
    check_status=$?
    if [ "$check_status" = 0 ]; then
      row=$((row + 1))
      [ "$row" -lt "$arg_consecutive" ] || break
      continue
    fi
    row=0
    [ "$tries" -lt "$arg_attempts" ] || break
    [ "$arg_every" = - ] || pause=$arg_every
    sleep "$pause" 2>/dev/null || sleep 1
    case $pause in 0.25) pause=0.5 ;; 0.5) pause=1 ;; 1) pause=2 ;; *) pause=5 ;; esac
  done
  check_status=0
  [ "$row" -ge "$arg_consecutive" ] || check_status=1
  journal end "$1" check "$check_status" "$step_severity" "$tries"
  return "$check_status"
}

# Everything is asked at once, for users wait to be brought back: what hangs costs no more than its own time. Told in
# the order of the plan.
diagnose() {
  asked=''
  read -r asked_at _ </proc/uptime
  # shellcheck disable=SC2154 # as above
  for step in $steps_diagnose; do
    load_step "$step"
    journal begin "$step" "do"
    # For the courier: of these, more than the end is worth telling.
    { true >"out/$step.much"; } 2>/dev/null
    set_off_question "$step"
    asked="$asked $step:$asked_process:$(started_at "$asked_process")"
  done
  for step in $asked; do await_question "$step"; done
  journal diagnosed
}

# Runs the step that is loaded in a process of its own, which notes when it ended.
set_off_question() {
  act_step=$1 act_action="do"
  step_output=out/$1.do
  { true >"$step_output"; } 2>/dev/null || step_output=/dev/null
  rm -f "out/$1.until"
  (
    exec 3>&- 7>&-
    ( "${step_kind}_do" )
    question_status=$?
    read -r question_until _ </proc/uptime
    echo "$question_until" 2>/dev/null >"out/$1.until"
    exit "$question_status"
  ) </dev/null >"$step_output" 2>&1 &
  asked_process=$!
}

# Tells what came of `<step>:<process>:<its start>`. One that neither answers nor ends, such as on a disk that is gone,
# is left to its own limit, which is on its heels: it changes nothing.
await_question() {
  asked_step=${1%%:*} asked_born=${1##*:} asked_process=${1#*:}
  asked_process=${asked_process%:*}
  load_step "$asked_step"
  question_status=''
  while lives "$asked_process" "$asked_born"; do
    read -r question_until _ </proc/uptime
    if [ $((${question_until%.*} - ${asked_at%.*})) -gt "$step_timeout" ]; then question_status=124; break; fi
    sleep 0.1 2>/dev/null || sleep 1
  done
  [ -n "$question_status" ] || { wait "$asked_process"; question_status=$?; }
  { read -r question_until <"out/$asked_step.until"; } 2>/dev/null || read -r question_until _ </proc/uptime
  journal end "$asked_step" "do" "$question_status" "$step_severity" 1 "$(centiseconds "$asked_at" "$question_until")"
}

# Hundredths of a second between two readings of the uptime.
centiseconds() {
  echo "$(((${2%.*} - ${1%.*}) * 100 + 1${2#*.} - 1${1#*.}))"
}

resume() {
  for step in $steps_resume; do
    change "$step" "do" || { journal resumed failed; return 1; }
  done
  journal resumed passed
}
