# Read by script/*: says in plain words what is missing, sets the checkout up when it is not ready.
# The caller has set `root`, the checkout's absolute path. Everything said here goes to stderr.

say() { printf 'meshclaw: %s\n' "$*" >&2; }

# Ends the script when Node is missing or too old.
need_node() {
  if ! command -v node >/dev/null 2>&1; then
    say 'Node.js is needed, version 20.19 or newer, and there is no "node" here. Get it from https://nodejs.org or your package manager.'
    exit 5
  fi
  version=$(node --version)
  major=${version#v}
  minor=${major#*.}
  major=${major%%.*}
  minor=${minor%%.*}
  if [ "$major" -lt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -lt 19 ]; }; then
    say "Node.js 20.19 or newer is needed; this is $version. Get a newer one from https://nodejs.org or your package manager."
    exit 5
  fi
}

need_git() {
  command -v git >/dev/null 2>&1 && return
  say 'git is needed, and there is no "git" here. Install it with your package manager (Debian: apt-get install git).'
  exit 5
}

# Whether nothing has to be done. A stranger's change to a test, or to a folder that is not built, does not count.
is_ready() {
  for made in dist/built packages/meshclaw/dist/bin.js node_modules/.package-lock.json; do
    [ -f "$root/$made" ] || return 1
  done
  [ -z "$(find "$root/package-lock.json" -newer "$root/node_modules/.package-lock.json")" ] || return 1
  [ -z "$(find "$root"/packages/*/src "$root"/packages/*/package.json "$root/tsup.config.ts" \
    ! -name '*.test.ts' -newer "$root/dist/built" | head -n 1)" ]
}

# Installs and builds when needed; ends the script when that fails.
set_up() {
  is_ready || node "$root/scripts/setup.mjs" >&2 || exit 5
}
