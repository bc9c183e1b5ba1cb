# Does this host get the answer it should? arg_url; arg_status is a list of ranges (`200-299 301-301`) or empty;
# arg_text and each line of arg_needles must stand in the body, the latter with white space left out of both;
# arg_headers are lines `name: part of the value`; arg_failing turns it round. The runner judges the same expectations
# by the same rules in check/expect.ts; what differs is that JSON is compared here as text, pair by pair.

http_ready() {
  command -v curl >/dev/null 2>&1 || command -v wget >/dev/null 2>&1 || {
    echo 'This host has neither curl nor wget to look at its own answers with.'
    return 1
  }
}

http_state() { return 12; }

http_do() {
  http_body=$run_folder/out/$act_step.body http_head=$run_folder/out/$act_step.head
  http_fetch
  if [ -z "$http_code" ]; then
    echo 'no answer'
    [ -n "$arg_failing" ]
    return
  fi
  echo "answered $http_code"
  if http_as_wanted; then [ -z "$arg_failing" ]; else [ -n "$arg_failing" ]; fi
}

# A process and a connection of its own for each look; nothing older can answer: where nothing does, nothing is written,
# and what the look before this one got must not pass for an answer. One that stopped in the middle is none either.
http_fetch() {
  rm -f "$http_body" "$http_head"
  if command -v curl >/dev/null 2>&1; then
    curl --silent --max-time "$step_timeout" --max-filesize 1048576 --header 'Cache-Control: no-cache' \
      --dump-header "$http_head" --output "$http_body" "$arg_url"
  else
    limited wget -S -q -O "$http_body" --header 'Cache-Control: no-cache' "$arg_url" 2>"$http_head"
  fi
  http_status=$?
  http_code=''
  [ -f "$http_head" ] || return 0
  http_code=$(sed -n 's,^ *HTTP/[0-9.]* \([0-9][0-9][0-9]\).*,\1,p' "$http_head" | tail -n 1)
  # curl says 63 of an answer that is only too long, wget something else than 0 of every error page.
  case $http_status:$http_code in 0:* | 63:* | *:[45]*) ;; *) http_code='' ;; esac
}

http_as_wanted() {
  http_in_ranges || { echo "wanted $arg_status"; return 1; }
  if [ -n "$arg_text" ] && ! grep -qF -e "$arg_text" "$http_body"; then echo 'the wanted text is not in the answer'; return 1; fi
  [ -z "$arg_needles" ] || http_holds_needles || return
  [ -z "$arg_headers" ] || http_holds_headers
}

http_in_ranges() {
  for range in $arg_status; do
    if [ "$http_code" -ge "${range%-*}" ] && [ "$http_code" -le "${range#*-}" ]; then return 0; fi
  done
  return 1
}

http_holds_needles() {
  tr -d ' \t\r\n' <"$http_body" >"$http_body.dense"
  printf '%s\n' "$arg_needles" | while IFS= read -r needle; do
    grep -qF -e "$needle" "$http_body.dense" || { echo "wanted in the answer: $needle"; exit 1; }
  done
}

http_holds_headers() {
  printf '%s\n' "$arg_headers" | while IFS= read -r wanted; do
    grep -i -e "^ *${wanted%%:*}:" "$http_head" | grep -qF -e "${wanted#*: }" || { echo "wanted header: $wanted"; exit 1; }
  done
}
