# The databases that a run makes of the live one, pg_name: their names follow from the run, so that every process of it, and
# whoever tidies up after it, knows them. Letters, digits and _, and not too long.

rd_names() { # run
  rd_stem=$(printf '%s' "$pg_name" | tr -c 'A-Za-z0-9_' _ | cut -c 1-28)
  rd_tag=$(printf '%s' "$1" | tr 'A-Z-' 'a-z_' | tr -cd 'a-z0-9_' | cut -c 1-26)
  rd_digits=$(printf '%s' "$1" | cut -d - -f 1 | tr -cd 0-9)$(printf '%s' "$1" | cksum | cut -d ' ' -f 1)
  rd_side=${rd_stem}_rollbook_$rd_digits
  rd_old=${rd_stem}_before_$rd_tag
  rd_mark="rollbook $1"
}
