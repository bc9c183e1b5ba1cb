# The way there and the way back, over all steps of the plan.

steps_of() { eval "printf '%s' \"\$steps_$1\""; }

reversed() {
  back=''
  for item in $1; do back="$item $back"; done
  printf '%s' "$back"
}

# The action that goes where this direction goes, and the one that comes back from there.
there() { if [ "$direction" = forward ]; then echo "do"; else echo undo; fi; }
back() { if [ "$direction" = forward ]; then echo undo; else echo "do"; fi; }

switch_steps() { if [ "$direction" = forward ]; then steps_of switch; else reversed "$(steps_of switch)"; fi; }

# Everything that can be known to fail is known before the first change.
prepare() {
  enter prepare || return 1
  { mkdir -p out && printf '%16384s' '' >reserve && printf '%s\n' "$plan_json" >plan.json; } || return 1
  # After a crash of the machine, these are all that there is to go on with.
  durable rollbook plan.json . "$state_folder/runs"
  backups=$(steps_of backup)
  # The way back has nothing to keep: it changes what the way there had kept already.
  [ "$direction" = forward ] || backups=''
  for step in $backups $(steps_of stop) $(switch_steps) $(steps_of start) $(steps_of verify) $(steps_of resume); do
    act "$step" ready || return 1
  done
  for step in $backups; do
    change "$step" "do" || return 1
    [ ! -f "backup.$step" ] || journal backup "$step" "$(cat "backup.$step")"
  done
  enter prepared
}

switch() {
  enter switch || return 1
  action=$(there)
  for step in $(steps_of stop); do change "$step" "do" || { enter failed; return 1; }; done
  for step in $(switch_steps); do
    { change "$step" "$action" && arrived "$step" "$action"; } || { enter failed; return 1; }
  done
  for step in $(steps_of start); do change "$step" "do" || { enter failed; return 1; }; done
  enter switched
}

# Is every switch where this direction was to bring it? The journal tells what was meant, the system what is.
all_arrived() {
  action=$(there)
  for step in $(switch_steps); do arrived "$step" "$action" || return 1; done
}

# Brings back what this direction changed: services stopped again if they were touched, the begun switches in reverse,
# services started again. The way back is the way there with the switch turned round. A step may have been cut in the
# middle, or be undone for the second time: each undo is safe to repeat.
revert() {
  enter revert
  # Whoever took our lock may be at work on the same links.
  hold_again || { journal fenced 0; finish needs-operator; return; }
  action=$(back)
  reverted=yes
  if [ -n "$stopped" ]; then
    for step in $(steps_of stop); do act "$step" "do" || true; done
  fi
  for step in $(reversed "$begun"); do
    state_of "$step"
    if [ $? = 11 ]; then journal strayed "$step" "$action"; reverted=''; continue; fi
    { act "$step" "$action" && arrived "$step" "$action"; } || reverted=''
  done
  if [ -n "$stopped" ]; then
    for step in $(steps_of start); do
      act "$step" "do" || [ "$step_severity" = warn ] || reverted=''
    done
  fi
  if [ -n "$reverted" ]; then finish undone; else finish needs-operator; fi
}

# Looks, as often as each check allows, whether the host serves what it should.
verify() {
  verified=yes
  for step in $(steps_of verify); do
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

diagnose() {
  for step in $(steps_of diagnose); do act "$step" "do" || true; done
  journal diagnosed
}

resume() {
  for step in $(steps_of resume); do
    change "$step" "do" || { journal resumed failed; return 1; }
  done
  journal resumed passed
}
