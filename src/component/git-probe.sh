# What a checkout has to offer for the component `git`. Nothing is fetched, and nothing is written: no lock is taken, no
# hook runs. `component/git-reader.ts` reads what is printed.

probe_git() { # folder of the checkout, target that was asked for
  command -v git >/dev/null 2>&1 || { fact git-problem no-git; return; }
  GIT_OPTIONAL_LOCKS=0 GIT_NO_LAZY_FETCH=1 GIT_TERMINAL_PROMPT=0
  export GIT_OPTIONAL_LOCKS GIT_NO_LAZY_FETCH GIT_TERMINAL_PROMPT
  cd -- "$1" 2>/dev/null || { fact git-problem no-folder; return; }
  top=$(probe_git_call rev-parse --show-toplevel 2>&1) || {
    case $top in
      *'dubious ownership'*) fact git-problem other-owner ;;
      *) fact git-problem no-repository ;;
    esac
    return
  }
  [ "$top" = "$(pwd -P)" ] || { fact git-problem inside "$top"; return; }
  head=$(probe_git_call rev-parse --verify --quiet 'HEAD^{commit}') || { fact git-problem no-commit; return; }
  fact git-head "$head" "$(probe_git_call symbolic-ref --quiet --short HEAD || echo -)"
  probe_git_state
  probe_git_call log --first-parent -n 100 --format='%H %ct %s' | while IFS= read -r line; do fact git-commit "$line"; done
  probe_git_call for-each-ref --count=300 --sort=-creatordate --format='%(objectname) %(*objectname) %(refname:strip=2)' refs/tags |
    while IFS= read -r line; do fact git-tag "$line"; done
  # A commit further back, or on another branch.
  found=$(probe_git_call rev-parse --verify --quiet --end-of-options "$2^{commit}") && fact git-target "$found"
}

# Nobody waits for a git that hangs, and what the checkout's own configuration names is not called; its filters are, as
# whenever git looks whether a file has changed.
probe_git_call() {
  set -- -c core.fsmonitor=false -c protocol.allow=never -c log.showSignature=false "$@"
  if command -v timeout >/dev/null 2>&1; then timeout 20 git "$@"; else git "$@"; fi
}

# What would get in the way: an operation that somebody left in the middle, a lock, changes that are in no commit.
probe_git_state() {
  folder=$(probe_git_call rev-parse --absolute-git-dir)
  for busy in MERGE_HEAD CHERRY_PICK_HEAD REVERT_HEAD BISECT_LOG rebase-merge rebase-apply index.lock HEAD.lock; do
    [ ! -e "$folder/$busy" ] || fact git-busy "$busy"
  done
  probe_git_call status --porcelain --untracked-files=no --ignore-submodules=none | head -n 20 |
    while IFS= read -r line; do fact git-change "$line"; done
}
