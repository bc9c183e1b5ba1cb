# What a checkout has to offer for the component `git`. Nothing is fetched, and nothing is written: no lock is taken, no
# hook runs. `component/git-reader.ts` reads what is printed.

probe_git() { # folder of the checkout, target that was asked for
  command -v git >/dev/null 2>&1 || { fact git-problem no-git; return; }
  GIT_OPTIONAL_LOCKS=0
  export GIT_OPTIONAL_LOCKS
  cd -- "$1" 2>/dev/null || { fact git-problem no-folder; return; }
  top=$(git rev-parse --show-toplevel 2>&1) || {
    case $top in
      *'dubious ownership'*) fact git-problem other-owner ;;
      *) fact git-problem no-repository ;;
    esac
    return
  }
  [ "$top" = "$(pwd -P)" ] || { fact git-problem inside "$top"; return; }
  head=$(git rev-parse --verify --quiet 'HEAD^{commit}') || { fact git-problem no-commit; return; }
  fact git-head "$head" "$(git symbolic-ref --quiet --short HEAD || echo -)"
  probe_git_state
  git log --first-parent -n 100 --format='%H %ct %s' | while IFS= read -r line; do fact git-commit "$line"; done
  git for-each-ref --count=300 --sort=-creatordate --format='%(objectname) %(*objectname) %(refname:strip=2)' refs/tags |
    while IFS= read -r line; do fact git-tag "$line"; done
  # A commit further back, or on another branch.
  found=$(git rev-parse --verify --quiet --end-of-options "$2^{commit}") && fact git-target "$found"
}

# What would get in the way: an operation that somebody left in the middle, a lock, changes that are in no commit.
probe_git_state() {
  folder=$(git rev-parse --absolute-git-dir)
  for busy in MERGE_HEAD CHERRY_PICK_HEAD REVERT_HEAD BISECT_LOG rebase-merge rebase-apply index.lock; do
    [ ! -e "$folder/$busy" ] || fact git-busy "$busy"
  done
  git -c core.fsmonitor=false status --porcelain --untracked-files=no --ignore-submodules=none | head -n 20 |
    while IFS= read -r line; do fact git-change "$line"; done
}
