# Looks at the backend each second, as long as it is left alone.
while :; do
  busybox wget -q -O /dev/null http://backend:3000/live && : >/run/agent
  sleep 1
done
