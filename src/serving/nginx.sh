# The configuration of nginx, as far as it says which files PHP is given. What else is handed to PHP stays on the host:
# people keep passwords there.

probe_nginx() { # the folder of its configuration
  [ -f "$1/nginx.conf" ] || return 0
  find -L "$1" -maxdepth 4 -type f -size -128k -exec grep -HnE '[;}{]' {} + 2>/dev/null |
    grep -E '[{}]|include|root|fastcgi_p' | head -n 4000 |
    sed -E -e '/SCRIPT_FILENAME|DOCUMENT_ROOT/!s/(fastcgi_param[[:space:]]+[^[:space:];]+)[[:space:]][^;]*/\1 -/g' \
      -e 's/[[:cntrl:]]/ /g' | cut -b 1-3900 | sed "s/^/RB1 $courier_nonce $message fact nginx /"
}
