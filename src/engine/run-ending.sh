# Whether a run is over. One that holds the lock, that is in the middle of its way, or that needs a person is not.

run_ending() { # run
  case $(readlink "$state/lock") in v1:"$1":*) echo open; return ;; esac
  if [ ! -f "$state/runs/$1/journal" ]; then echo over; return; fi
  case $(grep -E '^[0-9]+ [0-9.]+ (run|outcome) .* \.$' "$state/runs/$1/journal" | tail -n 1) in
    *' outcome '*' needs-operator .') echo open ;;
    *' outcome '*) echo over ;;
    *) echo open ;;
  esac
}
