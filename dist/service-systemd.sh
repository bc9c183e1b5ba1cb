# One verb for one systemd unit: arg_verb, arg_unit. Coming back from a change, the same verb is used again, because
# the service must notice the old release as it noticed the new one.

systemd_command() {
  systemd_path=$(command -v systemctl) || { echo 'systemctl is not on this host.'; return 1; }
}

systemd_ready() {
  systemd_command || return 1
  case $(limited systemctl show --property=LoadState --value "$arg_unit" 2>/dev/null) in
    loaded) ;;
    *) echo "systemd does not know the unit $arg_unit."; return 1 ;;
  esac
  [ "$arg_verb" = active ] || may_run "$systemd_path" "$arg_verb" "$arg_unit"
}

systemd_state() { return 12; }

# A reload that returns 0 may still kill the service: what counts is the state afterwards.
systemd_do() {
  systemd_command || return 1
  if [ "$arg_verb" != active ]; then
    privileged "$systemd_path" "$arg_verb" "$arg_unit" || return
    [ "$arg_verb" != stop ] || return 0
  fi
  limited systemctl is-active --quiet "$arg_unit" && return
  limited systemctl status --no-pager --lines=10 "$arg_unit" || true
  return 1
}

systemd_undo() { systemd_do; }
