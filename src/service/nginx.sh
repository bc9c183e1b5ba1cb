# nginx: arg_verb is reload, restart, start or stop. The configuration is tested first; a bad one is never loaded.

nginx_ready() {
  nginx_path=$(command -v nginx) || { echo 'nginx is not on this host.'; return 1; }
  may_run "$nginx_path" -t && may_run "$(command -v systemctl)" "$arg_verb" nginx
}

nginx_state() { return 12; }

nginx_do() {
  nginx_path=$(command -v nginx)
  if [ "$arg_verb" != stop ]; then privileged "$nginx_path" -t || return; fi
  privileged "$(command -v systemctl)" "$arg_verb" nginx || return
  [ "$arg_verb" = stop ] || limited systemctl is-active --quiet nginx
}

nginx_undo() { nginx_do; }
