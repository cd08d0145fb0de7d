#!/usr/bin/env bash
# Make .venv/ and install one of the two pinned, hash-checked lists: install.sh prod|dev
# Does nothing when that list is installed already. PYTHON names another interpreter; uv is used when it is on the PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
list=${1:-dev}
venv=.venv

fits() { # a name on the PATH may be a shim that does not run
  "$1" -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" >/dev/null 2>&1
}

can_make_venv() { # Debian's bare python3 has no ensurepip; uv does not need it
  command -v uv >/dev/null || "$1" -c "import venv, ensurepip" >/dev/null 2>&1
}

fingerprint() { # what is installed, by which Python
  cat "requirements/$1.txt"
  "$venv/bin/python" -c 'import sys; print(sys.version)'
}

is_installed() {
  [ -x "$venv/bin/python" ] && fingerprint "$1" 2>/dev/null | cksum | cmp -s - "$venv/.installed-$1"
}

# The development list holds all of the other one, at the same versions.
if is_installed "$list" || { [ "$list" = prod ] && is_installed dev; }; then
  exit 0
fi

if ! fits "$venv/bin/python"; then
  python=
  for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
    if fits "$candidate" && can_make_venv "$candidate"; then
      python=$candidate
      break
    fi
  done
  if [ -z "$python" ]; then
    echo "No Python from 3.11 to 3.13 that can make a virtual environment." >&2
    echo "On Debian or Ubuntu: apt-get install python3 python3-venv   (or name one: make PYTHON=/path/to/python3 …)" >&2
    exit 1
  fi
  rm -rf "$venv"
  echo "Making $venv with $("$python" --version)"
  if command -v uv >/dev/null; then uv venv --quiet --python "$python" "$venv"; else "$python" -m venv "$venv"; fi
fi

echo "Installing requirements/$list.txt (pinned and hash-checked)"
if command -v uv >/dev/null; then
  uv pip install --quiet --require-hashes --python "$venv/bin/python" -r "requirements/$list.txt"
else
  "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip >/dev/null
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$list.txt"
fi
fingerprint "$list" | cksum >"$venv/.installed-$list"
