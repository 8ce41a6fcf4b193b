# shellcheck shell=bash
# What tests with another Node.js share: fetching it, a copy of the project, its native modules. The caller has set
# `project`, `folder` (what is kept for the next time) and `copy`, and has `unable`, which says why and ends.

native=(better-sqlite3 epoll)
# Where nothing answers, that shall not take minutes.
export npm_config_fetch_retries=1 npm_config_fetch_timeout=60000 npm_config_update_notifier=false

# fetch PACKAGE TARGET: puts a package of npm into the folder TARGET.
fetch() {
  rm -rf "$folder/fetched"
  mkdir "$folder/fetched"
  (cd "$folder/fetched" && npm pack --silent "$1" >/dev/null 2>&1 && tar xzf ./*.tgz) || unable "npm does not give $1"
  rm -rf "$2"
  mkdir -p "$(dirname "$2")"
  mv "$folder/fetched/package" "$2"
  rm -rf "$folder/fetched"
}

# find_node PACKAGE LINE: the newest that npm names; the one that is kept where npm does not answer. It is in $folder/node.
find_node() {
  local newest
  newest=$(cd "$folder" && npm view "$1@$2" version --json 2>/dev/null | tr -d '[]", ' | grep -E '^[0-9.]+$' | sort -V | tail -n 1) || newest=
  if [[ -z $newest ]]; then
    [[ -f $folder/node/version ]] || unable "npm does not give its package $1"
    return
  fi
  [[ $(cat "$folder/node/version" 2>/dev/null || true) != "$newest" ]] || return 0
  fetch "$1@$newest" "$folder/node"
  [[ -d $folder/node/include/node ]] || unable "$1@$newest brings no headers"
  echo "$newest" >"$folder/node/version"
}

# copy_project WITHOUT…: what the project has but history, what it makes, and what is named; the packages are the same files
# where the file system allows it.
copy_project() {
  rm -rf "$copy"
  mkdir "$copy"
  tar -C "$project" -c "${@/#/--exclude=}" --exclude=./.git --exclude=./node_modules --exclude=./state --exclude=./coverage . |
    tar -C "$copy" -x
  cp -al "$project/node_modules" "$copy/" 2>/dev/null || {
    rm -rf "$copy/node_modules"
    cp -a "$project/node_modules" "$copy/"
  }
  rm -rf "$copy/node_modules/.cache" "$copy/node_modules/.vite"
}

# build_native SETTING…: builds the native modules of the copy against $folder/node with these variables, or takes those of
# the last time, if they are the same against the same Node.js.
build_native() {
  local of module
  of="$(cat "$folder/node/version") $* $(cd "$copy/node_modules" && sha256sum "${native[@]/%//package.json}" | sha256sum)"
  if [[ $(cat "$folder/native/of" 2>/dev/null || true) != "$of" ]]; then
    rm -rf "$folder/native"
    mkdir "$folder/native"
    for module in "${native[@]}"; do rm -rf "$copy/node_modules/$module/build"; done
    (cd "$copy" && env "$@" npm_config_nodedir="$folder/node" npm_config_build_from_source=true \
      npm rebuild --foreground-scripts "${native[@]}") >"$folder/native.log" 2>&1 || {
      tail -n 20 "$folder/native.log"
      unable "the native modules could not be built; all of it: $folder/native.log"
    }
    for module in "${native[@]}"; do
      mkdir "$folder/native/$module"
      cp "$copy/node_modules/$module/build/Release/"*.node "$folder/native/$module/"
    done
    echo "$of" >"$folder/native/of"
  fi
  for module in "${native[@]}"; do
    rm -rf "$copy/node_modules/$module/build"
    mkdir "$copy/node_modules/$module/build"
    cp -r "$folder/native/$module" "$copy/node_modules/$module/build/Release"
  done
}
