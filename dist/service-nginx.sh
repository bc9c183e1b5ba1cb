# nginx: arg_verb is reload, restart, start or stop. The configuration is tested first; a bad one is never loaded.

nginx_ready() {
  nginx_path=$(command -v nginx) || { echo 'nginx is not on this host.'; return 1; }
  may_run "$nginx_path" -t && may_run "$(command -v systemctl)" "$arg_verb" nginx
}

nginx_state() { return 12; }

nginx_do() {
  nginx_path=$(command -v nginx)
  if [ "$arg_verb" != stop ]; then privileged "$nginx_path" -t || return; fi
  [ "$arg_verb" != reload ] || nginx_before=$(nginx_workers)
  privileged "$(command -v systemctl)" "$arg_verb" nginx || return
  [ "$arg_verb" != stop ] || return 0
  limited systemctl is-active --quiet nginx || return
  [ "$arg_verb" != reload ] || nginx_reloaded
}

nginx_undo() { nginx_do; }

# A reload is only asked for, with a signal: until the workers from before take nothing new, they answer as before. What
# the test can't see (an address that another program has) keeps them for ever. Where we may not look at them, the word
# of systemd has to do.
nginx_reloaded() {
  read -r nginx_since _ </proc/uptime
  for nginx_each in $nginx_before; do
    while nginx_takes_requests "$nginx_each"; do
      read -r nginx_now _ </proc/uptime
      if [ $((${nginx_now%.*} - ${nginx_since%.*})) -ge "$step_timeout" ]; then
        echo "nginx was told to reload, and $step_timeout s later it still serves what it served before. It says why in its error log: /var/log/nginx/error.log, as a rule."
        return 1
      fi
      sleep 0.1 2>/dev/null || sleep 1
    done
  done
}

# The processes of this nginx, and of no other one on the host, that take requests.
nginx_workers() {
  nginx_main=$(limited systemctl show --property MainPID --value nginx 2>/dev/null)
  case $nginx_main in '' | 0 | *[!0-9]*) return 0 ;; esac
  grep -ls "^PPid:[[:space:]]*$nginx_main\$" /proc/[0-9]*/status | while IFS=/ read -r _ _ nginx_each _; do
    if nginx_takes_requests "$nginx_each"; then echo "$nginx_each"; fi
  done
}

# One that only ends what it has begun says so in its title.
nginx_takes_requests() { # pid
  case $(head -c 40 "/proc/$1/cmdline" 2>/dev/null | tr '\000' ' ') in
    'nginx: worker process is shutting'*) return 1 ;;
    'nginx: worker process'*) ;;
    *) return 1 ;;
  esac
}
