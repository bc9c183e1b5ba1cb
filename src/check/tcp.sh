# Does something accept connections? arg_host, arg_port.

tcp_ready() {
  command -v curl >/dev/null 2>&1 || command -v nc >/dev/null 2>&1 || {
    echo 'This host has neither curl nor nc to try a connection with.'
    return 1
  }
}

tcp_state() { return 12; }

tcp_do() {
  if tcp_accepts; then return; fi
  echo "nothing accepts connections on $arg_host port $arg_port"
  return 1
}

tcp_accepts() {
  if command -v nc >/dev/null 2>&1; then
    # busybox has no -z, but ends well when what it runs on the connection does.
    nc -z -w "$step_timeout" "$arg_host" "$arg_port" </dev/null 2>/dev/null ||
      nc -w "$step_timeout" "$arg_host" "$arg_port" -e /bin/true </dev/null 2>/dev/null
  else
    # Who accepts and says nothing is waited for in vain, so that the status tells nothing; the time does.
    tcp_time=$(curl --silent --max-time 1 --write-out '%{time_connect}' "telnet://$arg_host:$arg_port" </dev/null | tail -n 1)
    case $tcp_time in *[1-9]*) ;; *) return 1 ;; esac
  fi
}
