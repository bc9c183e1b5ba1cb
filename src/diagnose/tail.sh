# The last lines of a file: arg_path, arg_lines; of them those that have the text arg_matching, when it is given.

tail_ready() { :; }
tail_state() { return 12; }

tail_do() {
  if [ -z "${arg_matching-}" ]; then limited tail -n "$arg_lines" -- "$arg_path"; return; fi
  tail_lines=$(limited tail -n "$arg_lines" -- "$arg_path") || { tail_status=$?; printf '%s\n' "$tail_lines"; return "$tail_status"; }
  printf '%s\n' "$tail_lines" | grep -i -F -e "$arg_matching" && return
  printf '%s\n' "None of the last $arg_lines lines has: $arg_matching"
}
