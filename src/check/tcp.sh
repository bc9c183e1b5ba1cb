# Does something accept connections? arg_host, arg_port.

tcp_ready() {
  command -v curl >/dev/null 2>&1 || command -v nc >/dev/null 2>&1 || {
    echo 'This host has neither curl nor nc to try a connection with.'
    return 1
  }
}

tcp_state() { return 12; }

tcp_do() {
  if command -v nc >/dev/null 2>&1; then nc -z -w "$step_timeout" "$arg_host" "$arg_port" </dev/null && return
  else
    # curl says 7 when nothing accepts; a peer that accepts and says nothing ends with another number.
    curl --silent --connect-timeout "$step_timeout" --max-time 1 "telnet://$arg_host:$arg_port" </dev/null >/dev/null
    case $? in 7 | 6 | 5) ;; *) return 0 ;; esac
  fi
  echo "nothing accepts connections on $arg_host port $arg_port"
  return 1
}
