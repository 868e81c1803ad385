# Shared by the scripts of this folder; sourced, never run. The caller stands at the root of the repository.
# shellcheck shell=bash

# Prints the path of a usable uv, or nothing.
known_uv() {
  if command -v uv >/dev/null 2>&1; then
    command -v uv
  elif [ -x .venv/.uv/bin/uv ]; then
    printf '%s\n' "$PWD/.venv/.uv/bin/uv"
  fi
}

# Prints a Python of at least 3.11, or says what to install and fails.
find_python() {
  local candidate
  for candidate in ${SVERKA_PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  echo "sverka needs Python 3.11 or newer. Install it (on Debian: apt-get install python3 python3-venv) and run this again." >&2
  return 1
}

# Prints the path of uv; where there is none, puts one into .venv/.uv with pip and the machine's own pip settings.
find_uv() {
  local uv python
  uv=$(known_uv)
  if [ -z "$uv" ]; then
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
      echo "This Python makes no virtual environments: install its venv module (on Debian: apt-get install python3-venv)" \
        "and run this again." >&2
      return 1
    fi
    "$python" -m venv --clear .venv/.uv >&2
    .venv/.uv/bin/python -m pip install --quiet --disable-pip-version-check uv >&2
    uv="$PWD/.venv/.uv/bin/uv"
  fi
  printf '%s\n' "$uv"
}

# uv does not read pip's settings: tell it the machine's indexes, links and certificates, unless it has its own.
lend_pip_settings() {
  local python index extra links cert
  python=.venv/.uv/bin/python
  [ -x "$python" ] || python=python3
  "$python" -m pip --version >/dev/null 2>&1 || return 0
  index=$(pip_setting "$python" index-url)
  extra=$(pip_setting "$python" extra-index-url)
  links=$(pip_setting "$python" find-links)
  cert=$(pip_setting "$python" cert)
  if [ -n "$index" ]; then export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"; fi
  if [ -n "$extra" ]; then
    export UV_INDEX="${UV_INDEX:-$extra}"
    # as pip does: any index may hold the version the lock names, and its hash says which file is meant
    export UV_INDEX_STRATEGY="${UV_INDEX_STRATEGY:-unsafe-best-match}"
  fi
  if [ -n "$links" ]; then export UV_FIND_LINKS="${UV_FIND_LINKS:-${links// /,}}"; fi
  if [ -n "$cert" ]; then export SSL_CERT_FILE="${SSL_CERT_FILE:-$cert}"; fi
}

# Prints one of pip's settings on one line: from the environment, then from its files; nothing where it has none.
# `pip config list` merges all its files, which `pip config get` of older versions does not.
pip_setting() {
  local scope found
  for scope in :env: install global; do
    found=$("$1" -m pip config list 2>/dev/null | sed -n "s/^$scope\\.$2='\\(.*\\)'\$/\\1/p" | sed 's/\\n/ /g; s/^ *//; s/ *$//')
    if [ -n "$found" ]; then
      printf '%s' "$found"
      return
    fi
  done
}

# Makes a real shop for tests once: an environment of its own in the folder SHOP, with every package of HOME at the
# version and hash of its lock, and a database by HOME's package `shop`. Where no registry answers it says so, and the
# tests that need the shop are skipped with that word. A second run with nothing changed does nothing.
# Usage: set_up_shop HOME SHOP NAME
set_up_shop() {
  local home=$1 shop=$2 name=$3 wanted python uv said
  wanted="$PWD $(cat "$home/requirements.txt" "$home"/shop/*.py scripts/lib.sh | cksum)"
  if [ "$(cat "$shop/.made-of" 2>/dev/null)" = "$wanted" ]; then return; fi
  echo "Setting up a shop on $name (once)" >&2
  python=$(find_python)
  uv=$(find_uv)
  lend_pip_settings
  export UV_PYTHON_DOWNLOADS=never UV_LINK_MODE="${UV_LINK_MODE:-copy}"
  rm -rf "$shop"
  "$uv" venv --quiet --python "$python" "$shop"
  said=$("$uv" pip install --quiet --python "$shop/bin/python" --require-hashes --requirement "$home/requirements.txt" 2>&1) || {
    printf '%s\n' "$said" >&2
    if ! grep -qiE 'failed to fetch|error sending request|dns error|connect error|timed out' <<<"$said"; then return 1; fi
    echo "no package registry answers: $name is left out, and its tests are skipped" >&2
    echo "no package registry answered when the shop on $name was set up" >"$shop/.left-out"
    return
  }
  export SHOP_FOLDER="$PWD/$shop" DJANGO_SETTINGS_MODULE=shop.settings PYTHONPATH="$PWD/$home" PYTHONDONTWRITEBYTECODE=1
  "$shop/bin/python" -W ignore -m django migrate --verbosity 0
  "$shop/bin/python" -W ignore -m shop.fill
  printf '%s' "$wanted" >"$shop/.made-of"
}
