# A script of the runbook's author: arg_script, arg_undo, in the folder step_in. It runs in a shell of its own that
# stops at the first command that fails. What differs from run to run reaches it as environment variables.

run_ready() {
  # The folder may lie behind the link that is about to be switched, so that it is looked at, not insisted upon.
  if [ -n "$step_in" ] && [ ! -d "$step_in" ]; then echo "warning: the folder $step_in is not there now"; fi
}

run_state() { return 12; }
run_do() { run_script "$arg_script"; }
run_undo() { [ -z "$arg_undo" ] || run_script "$arg_undo"; }

run_script() {
  if [ -n "$step_in" ]; then cd -- "$step_in" || return; else cd || return; fi
  for secret in $step_secrets; do
    run_secret=$(cat "$run_folder/secrets/$secret" && echo .) || { echo "The secret $secret is not there."; return 1; }
    export "$secret=${run_secret%.}"
  done
  as_login
  limited /bin/sh -e -c "$1"
}
