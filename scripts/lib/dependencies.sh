# shellcheck shell=bash
# Read by the scripts beside this folder; expects the current folder to be the root of the project.

say() {
  printf '\n== %s\n' "$*"
}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

require_node() {
  command -v node >/dev/null 2>&1 ||
    fail 'Node.js is not installed. Gatepost needs version 20.19 or later; on Debian 13 and Raspberry Pi OS: sudo apt install nodejs npm'
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
    fail "Node.js $(node --version) is too old: Gatepost needs version 20.19 or later."
  command -v npm >/dev/null 2>&1 || fail 'npm is not installed; on Debian and Raspberry Pi OS: sudo apt install npm'
}

# Installs what package-lock.json names, when it is not there or the lock file has changed since.
ensure_dependencies() {
  local installed=node_modules/.package-lock.json
  if [[ -f $installed && ! package-lock.json -nt $installed ]]; then
    return
  fi
  say 'npm ci (some minutes the first time)'
  local output
  if ! output=$(npm ci --no-audit --no-fund --no-progress --loglevel=error 2>&1); then
    fail "$output"
  fi
  touch "$installed"
}
