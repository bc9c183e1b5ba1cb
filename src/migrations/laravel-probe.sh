# What a host knows of the migrations of a Laravel application: their files in the live release and in the target, what
# the database has applied, and the text of those that the target lacks. `laravel-facts.ts` reads what it prints.

# Of each kind, so that all of it fits into one answer. Where more could hide one that the target lacks, that is told.
most_apart=600 most_both=1400 most_applied=1800 most_elsewhere=500 most_texts=50

probe_laravel() { # folder with releases/ and current, target, folder of artisan, artisan, folder of the migrations
  live=$(readlink -f "$1/current") target=$1/releases/$2 folder=$5
  probe_folder live "$live/$folder"
  probe_folder target "$target/$folder"
  odd_in "$live/$folder" "$target/$folder"
  lacking=$(names_in "$live/$folder" | names_without "$target/$folder")
  note_cut live "$lacking" "$most_apart"
  lacking=$(printf '%s\n' "$lacking" | tail -n "$most_apart")
  say_names live "$lacking"
  say_names target "$(names_in "$target/$folder" | names_without "$live/$folder" | tail -n "$most_apart")"
  say_names both "$(names_in "$live/$folder" | names_with "$target/$folder" | tail -n "$most_both")"
  probe_applied "$live${3:+/$3}" "$4"
  printf '%s\n' "$lacking" | tail -n "$most_texts" | while IFS= read -r name; do
    probe_text "$name" "$live/$folder/$name.php"
  done
}

# How many migrations a folder has, and how many of them have names that are not printed.
probe_folder() { # release, folder
  if [ ! -d "$2" ] || [ ! -r "$2" ] || [ ! -x "$2" ]; then fact migrations "$1" none; return; fi
  named=$(names_in "$2" | grep -c .)
  all=0
  for file in "$2"/*_*.php; do [ ! -e "$file" ] || all=$((all + 1)); done
  fact migrations "$1" "$named" "$((all - named))"
}

# The migrations in a folder as Laravel finds them, in its order. Names that nobody gives to one are left out.
names_in() {
  for file in "$1"/*_*.php; do
    name=${file##*/}
    case $name in
      -* | *[!A-Za-z0-9._-]*) ;;
      *) printf '%s\n' "${name%.php}" ;;
    esac
  done
}

# Those that have other names, and that the target lacks: Laravel runs them like any other.
odd_in() { # folder, that of the target
  for file in "$1"/*_*.php; do
    name=${file##*/}
    { [ -e "$file" ] || [ -L "$file" ]; } || continue
    [ ! -e "$2/$name" ] || continue
    case $name in -* | *[!A-Za-z0-9._-]*) say_odd "${name%.php}" ;; esac
  done
}

names_with() { while IFS= read -r name; do [ ! -e "$1/$name.php" ] || printf '%s\n' "$name"; done; }
names_without() { while IFS= read -r name; do [ -e "$1/$name.php" ] || printf '%s\n' "$name"; done; }

# What the live release says that the database has applied. Only the lines of its table leave the host, and of an error
# its class: what a database client says tells of users, addresses and rows.
probe_applied() { # folder of artisan, artisan
  if [ ! -f "$1/$2" ]; then fact migrate-status missing; return; fi
  printed=$(
    { migrate_status "$1" "$2" </dev/null 2>&1; ended=$?; printf '\nended %s\n' "$ended"; } | head -c 500000
  )
  status=$(printf '%s\n' "$printed" | sed -n '$s/^ended \([0-9]\{1,3\}\)$/\1/p')
  : "${status:=endless}"
  class=$(
    printf '%s\n' "$printed" |
      sed -n 's/.*SQLSTATE\[\([0-9A-Z]\{5\}\)\]\( \[[0-9]\{1,5\}\]\)\{0,1\}.*/\1\2/p' | head -n 1
  )
  case $printed in *'Migration table not found'* | *'No migrations found'*) class=none ;; esac
  [ "$status" != endless ] || fact migrations-cut status
  # Dots are as many as a terminal is wide.
  table=$(
    printf '%s\n' "$printed" | grep -E '\] Ran *$|Pending *$|^\| *(Yes|No|Y|N) ' | sed 's/  *\.\.\.* / . /'
  )
  note_cut applied "$table" "$most_applied"
  table=$(printf '%s\n' "$table" | tail -n "$most_applied")
  [ -z "$table" ] || printf '%s\n' "$table" | sed "s/^/RB1 $courier_nonce $message fact migrate-line /"
  fact migrate-status "$status" "$class"
  probe_packages "$table"
}

# As the login gives it: what Laravel writes on its way, such as a cache, others must be able to read.
migrate_status() {
  cd -- "$1" || return
  as_the_login
  in_time 20 php "$2" migrate:status --no-ansi --no-interaction
}

# What does not lie in the folder came with a package or a module: which of that the target has nowhere.
probe_packages() { # table
  names=$(
    printf '%s\n' "$1" | sed -e 's/^| *[YesNo]* *| *//' -e 's/^ *//' -e 's/ *|.*//' -e 's/ *\.* *\[[0-9]*\] Ran *$//' \
      -e 's/ *\.* *Pending *$//' | sort -u | names_without "$live/$folder"
  )
  [ -n "$names" ] || return 0
  found=$(
    in_time 10 find "$target/" \( -name node_modules -o -name .git -o -name storage \) -prune \
      -o -type f -path '*/[Mm]igrations/*' -name '*_*.php' -print 2>/dev/null | sed -e 's|.*/||' -e 's|\.php$||'
  )
  lacked=$({ printf '%s\n' "$names"; printf '%s\n%s\n' "$found" "$found"; } | sort | uniq -u)
  printf '%s\n' "$lacked" | grep -E '[^A-Za-z0-9._-]' | while IFS= read -r name; do say_odd "$name"; done
  lacked=$(printf '%s\n' "$lacked" | grep -E '^[A-Za-z0-9._-]+$')
  note_cut elsewhere "$lacked" "$most_elsewhere"
  say_names elsewhere "$(printf '%s\n' "$lacked" | tail -n "$most_elsewhere")"
}

probe_text() { # name, file
  { [ -f "$2" ] && [ -r "$2" ]; } || return 0
  say_text "$1" <"$2"
}
