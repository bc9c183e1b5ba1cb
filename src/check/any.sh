# One of several: arg_of are the numbers of the steps of which one must pass.

any_ready() {
  for any_step in $arg_of; do ( load_step "$any_step"; "${step_kind}_ready" ) || return 1; done
}

any_state() { return 12; }

any_do() {
  for any_step in $arg_of; do
    ( load_step "$any_step"; act_step=$any_step; "${step_kind}_do" ) && return
  done
  return 1
}
