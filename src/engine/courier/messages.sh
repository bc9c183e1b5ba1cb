# What the runner says, and what is done about it.

serve() {
  find_state
  answer hello
  probe
  answer end
  while IFS= read -r words; do
    set -f
    # shellcheck disable=SC2086 # the runner's words: numbers, names and digests only
    set -- $words
    set +f
    [ $# -ge 2 ] || continue
    message=$1
    shift
    case $1 in
      probe) probe; answer end ;;
      # Beside everything else: a question that hangs must not make us deaf for the words that follow it.
      ask) question=$(take "$2"); ( ( eval "$question" ) </dev/null | by_line; answer end ) & ;;
      start) receive "$2" "$3" "$4" ;;
      back | settle) if enter_run "$2"; then set_off "$2" "$1"; fi ;;
      attach) if enter_run "$2"; then attach "$2" "$3"; fi ;;
      plan) if enter_run "$2"; then tell_plan; fi ;;
      tell) if [ -p "$state/runs/$2/control" ]; then printf '%s\n' "$3" 1<>"$state/runs/$2/control"; fi ;;
      secret) keep_secret "$2" "$3" "$4" ;;
      ledger) add_to_ledger "$2" ;;
      unlock) unlock "$2" ;;
      remove) remove_backups "$2" ;;
      bye) break ;;
    esac
  done
  # Contact was lost before the run could begin: nobody else would ever take its secrets away.
  [ -z "$secrets_of" ] || rm -rf "$state/runs/$secrets_of/secrets"
  # Not for the programs that were started: they stay when we go.
  # shellcheck disable=SC2086 # numbers
  [ -z "$followers" ] || wait $followers
}

enter_run() {
  { cd "$state/runs/$1" && [ -f rollbook ]; } 2>/dev/null || { answer refused 'no such run'; return 1; }
}

# What a run was to do, as its program wrote it down.
tell_plan() {
  if [ ! -f plan.json ]; then answer refused 'no plan'; return; fi
  sed "s/^/RB1 $courier_nonce $message fact /" plan.json
  # A plan that was cut has no end of its last line, and would swallow our answer.
  [ -z "$(tail -c 1 plan.json)" ] || echo
  answer end
}
