# Archives of `pg_dump -Fc` in the folder of the backups that no run of ours made, such as those of each night.

# The newest of them takes the place of what was chosen when it began later: by what the archives say of themselves, because
# a copy has the time at which it was copied.
rd_find() { # folder
  rd_since=''
  [ -z "$rd_chosen" ] || rd_since=$(rd_began "$rd_chosen")
  set -- "$1"/*.dump
  # Names that begin with the day have the newest last.
  [ $# -le 200 ] || shift "$(($# - 200))"
  for rd_each; do
    if [ ! -f "$rd_each" ] || [ ! -r "$rd_each" ] || rd_is_listed "$rd_each"; then continue; fi
    rd_then=$(rd_began "$rd_each")
    if [ "${rd_then:-0}" -gt "${rd_since:-0}" ]; then rd_chosen=$rd_each rd_since=$rd_then; fi
  done
}

rd_is_listed() { # path
  [ -s "$state/backups/list" ] && cut -d ' ' -f 8- "$state/backups/list" | grep -qxF -e "$1"
}

# When the dump in the file $1 began, as digits from the year to the second, when it is one of our database.
# The head of an archive: PGDMP, its version, the size of a number, of an offset, its format, how it is packed, seven
# numbers for the time, the name of the database. A number is a byte for its sign and then the bytes, the lowest first.
rd_began() {
  head -c 600 -- "$1" | od -An -v -tu1 | LC_ALL=C awk -v "name=$pg_name" '
    { for (at = 1; at <= NF; at++) byte[++count] = $at }
    function number(value, each) {
      for (each = byte[9]; each > 0; each--) value = value * 256 + byte[place + each]
      place += 1 + byte[9]
      return value
    }
    END {
      if (byte[1] byte[2] byte[3] byte[4] byte[5] != "8071687780" || byte[9] < 1 || byte[9] > 8) exit
      place = 12
      if (byte[6] * 100 + byte[7] >= 115) place++
      else number()
      for (at = 1; at <= 7; at++) time[at] = number()
      for (size = number(); size > 0 && place <= count; size--) of = of sprintf("%c", byte[place++])
      if (of == name) printf "%04d%02d%02d%02d%02d%02d\n", 1900 + time[6], 1 + time[5], time[4], time[3], time[2], time[1]
    }'
}
