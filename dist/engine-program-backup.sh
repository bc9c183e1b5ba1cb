# What every step of `backup` does when its file is whole: it tells the run, and it enters the file in the list of
# everything that was kept on this host.
#
# The list, backups/list in the state folder, is what `prune` and `status` read: only what stands in it was ours to make,
# and only that may ever be removed. A line is
#   <epoch> <run> <sha256> <bytes> <stream|readback|restore> <kind of the step> <name, such as main or files> <path>

# tell_backup <sha256> <bytes> <stream|readback|restore> <path>
tell_backup() {
  backups_list=$state_folder/backups/list
  # A line that an earlier crash cut is closed first, so that it can't swallow ours.
  {
    mkdir -p "$state_folder/backups" &&
      { [ ! -s "$backups_list" ] || [ -z "$(tail -c 1 "$backups_list")" ] || printf '\n' >>"$backups_list"; } &&
      printf '%s\n' "$(date +%s) $plan_run $1 $2 $3 $step_kind ${arg_database-$step_kind} $4" >>"$backups_list"
  } || {
    echo "The backup is at $4, but $backups_list can't be written: nobody would find it there. Is the disk full?"
    return 1
  }
  durable "$backups_list"
  printf '%s\n' "$1 $2 $3 $4" >"$run_folder/backup.$act_step"
}

# Secrets that nothing but the backups reads have done their work, and are no use to whoever comes after them.
forget_backup_secrets() {
  for secret in $plan_backup_secrets; do rm -f "secrets/$secret"; done
}
