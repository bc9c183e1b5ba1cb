# The engine of one run on one host. `compile.ts` puts the plan of the run before it, the functions of the kinds that
# the plan uses and `main "$@"` behind it, and the three together are the file `rollbook` in the folder of the run.
#
# It runs under dash, bash and busybox. It is detached from the SSH session that started it; it reads words from the
# named pipe `control` (switch, verify, commit, undo, …) and tells everything in `journal`, one line for one fact.
# Nothing here depends on the runner being alive: when it falls silent after the switch, `decide_alone` decides.
#
# Journal: `<number> <uptime> <word> <arguments> .` — a line without its closing dot was never written.

set -u
unset CDPATH
# What the author of a script expects is what a login gives: as_login puts it back for them.
login_umask=$(umask) login_locale=${LC_ALL-}
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077
trap '' HUP INT

run_folder=${0%/*}
[ "$run_folder" != "$0" ] || run_folder=.
cd -- "$run_folder" || exit 70
run_folder=$PWD
state_folder=${run_folder%/runs/*}
lock=$state_folder/lock

number=0       # of the last journal line
phase=new      # how far this direction has come
direction=forward
outcome=''
verdict=''     # which outcome the phase commit leads to
begun=' '      # numbers of the steps whose `do` or `undo` was begun in this direction, in order
stopped=''     # not empty once a step of `stop` or `start` was begun: services must be started again
owner=''       # text of our lock, while we hold it
holder=''      # text of the lock as it was last read
torn=''        # a line feed when the journal ends in the middle of a line
again=''       # not empty when something may have been written before
act_step='' act_action=''
told_to_look='' # not empty once the runner said that every host has switched
spoken=''      # not empty: a person is reading, say things in words
newline='
'
