# A script of the runbook's author: arg_script, arg_undo, in the folder step_in. It runs in a shell of its own that
# stops at the first command that fails. What differs from run to run reaches it as environment variables.

run_ready() {
  for secret in $step_secrets; do run_knows "$secret" || return; done
  # The folder may lie behind the link that is about to be switched, so that it is looked at, not insisted upon.
  if [ -n "$step_in" ] && [ ! -d "$step_in" ]; then echo "warning: the folder $step_in is not there now"; fi
}

run_state() { return 12; }
run_do() { run_script "$arg_script"; }
run_undo() { [ -z "$arg_undo" ] || run_script "$arg_undo"; }

# The runner hands a secret over as a file; a person on the host, to whom nobody does, gives it as a variable.
run_knows() {
  [ ! -f "$run_folder/secrets/$1" ] || return 0
  eval "[ -n \"\${$1-}\" ]" && return
  echo "The secret $1 is not there. A person on this host gives it in front: $1=… ./rollbook undo"
  return 1
}

run_script() {
  if [ -n "$step_in" ]; then cd -- "$step_in" || return; else cd || return; fi
  # What it prints may have them in it: the courier takes that away when it was told.
  [ -z "$step_secrets" ] || { true >"$run_folder/out/$act_step.secret"; } 2>/dev/null
  for secret in $step_secrets; do
    run_knows "$secret" || return
    [ -f "$run_folder/secrets/$secret" ] || continue
    run_secret=$(cat "$run_folder/secrets/$secret" && echo .) || return
    export "$secret=${run_secret%.}"
  done
  as_login
  limited /bin/sh -e -c "$1"
}
