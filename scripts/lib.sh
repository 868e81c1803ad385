# Shared by the scripts of this folder; sourced, never run. The caller stands at the root of the repository.

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
  echo "sverka needs Python 3.11 or newer: install it (on Debian: apt-get install python3 python3-venv), then run this again." >&2
  return 1
}

# Prints the path of uv; where there is none, installs one into .venv/.uv with pip, by the machine's own pip settings.
find_uv() {
  local uv python
  uv=$(known_uv)
  if [ -z "$uv" ]; then
    python=$(find_python)
    mkdir -p .venv
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
      echo "This Python cannot make virtual environments: install its venv module (on Debian: apt-get install python3-venv), then run this again." >&2
      return 1
    fi
    "$python" -m venv --clear .venv/.uv >&2
    .venv/.uv/bin/python -m pip install --quiet --disable-pip-version-check uv >&2
    uv="$PWD/.venv/.uv/bin/uv"
  fi
  printf '%s\n' "$uv"
}
