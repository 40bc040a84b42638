# shellcheck shell=bash
# Sourced by the other scripts: finds a Python, and makes and keeps the environment in .venv.
# Works with bash 3.2, the one that macOS has.

: "${root:?the script that sources this sets root, the folder of the project}"

# The oldest Python the project is written for.
oldest_python=3.11
# The newest Python that a release of TensorFlow has wheels for (2.21). The next one has only a release candidate
# (2.22.0rc0): raise this when the release is out and the tests pass.
newest_python=3.13

say() { printf '%s\n' "$1" >&2; }

# Shows a command line, then runs exactly that.
run() {
  printf '\n$ %s\n' "$1"
  eval "$1"
}

# "3.12.1 venv", or "3.12.1 bare" where Debian has split venv off into a package of its own. Prints nothing where
# the command does not run, as with a pyenv shim of a version that is not selected.
probe_python() {
  "$1" -c '
import sys
try:
    import ensurepip, venv
    kind = "venv"
except ImportError:
    kind = "bare"
print("%d.%d.%d %s" % (sys.version_info[:3] + (kind,)))
' 2>/dev/null </dev/null
}

# Prints "too old" or "too new", or nothing for a version between oldest_python and newest_python.
judge_version() {
  local major=${1%%.*} rest=${1#*.} minor
  minor=${rest%%.*}
  if [ "$major" -lt 3 ] || { [ "$major" -eq 3 ] && [ "$minor" -lt "${oldest_python#3.}" ]; }; then
    printf 'too old'
  elif [ "$major" -gt 3 ] || [ "$minor" -gt "${newest_python#3.}" ]; then
    printf 'too new'
  fi
}

# Sets `python` to a Python that can make the environment; tells in one line why there is none. Nothing but bash
# itself is needed here, so that the reason told is never another missing program.
find_python() {
  local needs="seq2seq needs Python $oldest_python to $newest_python" how="PYTHON=/path/to/python"
  local candidates=() candidate minor found version verdict refused="" bare=""

  if [ -n "${PYTHON:-}" ]; then
    candidates=("$PYTHON")
  else
    for ((minor = ${newest_python#3.}; minor >= ${oldest_python#3.}; minor--)); do
      candidates+=("python3.$minor")
    done
    candidates+=(python3 python)
  fi

  for candidate in "${candidates[@]}"; do
    found=$(probe_python "$candidate") || continue
    version=${found% *}
    # Something else may answer to the name.
    case $version in [0-9]*.[0-9]*.[0-9]*) ;; *) continue ;; esac
    verdict=$(judge_version "$version")
    if [ -n "$verdict" ]; then
      # python3 and python are mostly one and the same.
      case $refused in *" $version "*) ;; *) refused="${refused:+$refused, }$candidate is $version ($verdict)" ;; esac
    elif [ "${found##* }" = bare ]; then
      bare=${bare:-$candidate $version}
    else
      python=$candidate
      return 0
    fi
  done

  if [ -n "$bare" ]; then
    version=${bare##* }
    say "${bare% *} cannot make an environment, its venv or ensurepip is missing: install it (on Debian and Ubuntu, apt-get install python${version%.*}-venv), or name another Python with $how"
  elif [ -n "$refused" ]; then
    say "$needs; $refused: install another, or name it with $how"
  elif [ -n "${PYTHON:-}" ]; then
    say "$needs; PYTHON=$PYTHON does not run as a Python: correct it, or unset it to have one looked for"
  else
    say "$needs; none was found: install one, or name it with $how"
  fi
  return 1
}

# Which Python an environment or command stands for, however it is reached.
identify_python() {
  "$1" -c 'import sys; print("%s %s" % (sys.base_prefix, sys.version_info[:2]))' 2>/dev/null </dev/null
}

# What the environment must have been made for. The folder is part of it because a moved environment's commands
# point to the old place.
describe_install() {
  printf '%s\n' "$root"
  cat "$root/pyproject.toml"
}

# Whether the folder in .venv can be used as it is. Its Python may be gone or replaced, an install in it may have been
# cut off half-way (then pip takes half a library for a whole one), or PYTHON may now name another one.
environment_is_sound() {
  local version stamp
  [ ! -e "$root/.venv/installing" ] || return 1
  version=$(probe_python "$root/.venv/bin/python") || return 1
  [ -z "$(judge_version "${version% *}")" ] || return 1
  "$root/.venv/bin/python" -c 'import pip' 2>/dev/null || return 1
  if [ -n "${PYTHON:-}" ]; then
    [ "$(identify_python "$PYTHON")" = "$(identify_python "$root/.venv/bin/python")" ] || return 1
  fi
  for stamp in "$root"/.venv/installed-*; do
    [ ! -e "$stamp" ] || [ "$(head -n 1 "$stamp")" = "$root" ] || return 1
  done
}

# enter_environment plain|EXTRA: makes .venv, installs the project into it, with the extra if one is named, and puts it
# first on the path. Does only what is missing.
enter_environment() {
  local kind=$1 python="" stamp what=.
  # What follows removes and makes things by relative paths, as they are shown.
  cd "$root" || return 1
  # Else the Python of an active environment could be the one chosen to replace that environment.
  PATH=${PATH//"$root/.venv/bin:"/}
  if [ -n "${PYTHON:-}" ]; then
    # A wrong PYTHON is told even where the environment would do without it.
    find_python || return 1
  fi
  if ! environment_is_sound; then
    [ -n "$python" ] || find_python || return 1
    # Not -e: a link that leads nowhere is in the way too.
    if [ -e "$root/.venv" ] || [ -L "$root/.venv" ]; then
      say ".venv is half-installed, moved, or its Python is gone or another one: it is made anew"
      run "rm -rf .venv"
    fi
    if ! mkdir "$root/.venv" || ! : >"$root/.venv/installing" || ! run "$(printf '%q' "$python") -m venv .venv"; then
      say "the environment could not be made: see the error above, and check that $root can be written to"
      return 1
    fi
  fi

  # What bin/activate does to a script; a copied or moved one would name a folder that is not this one.
  printf '\n$ source .venv/bin/activate\n'
  export VIRTUAL_ENV="$root/.venv" PATH="$root/.venv/bin:$PATH"
  unset PYTHONHOME
  hash -r

  stamp="$VIRTUAL_ENV/installed-$kind"
  if [ "$(cat "$stamp" 2>/dev/null)" = "$(describe_install)" ]; then
    return 0
  fi
  [ "$kind" = plain ] || what="'.[$kind]'"
  printf '\nInstalling the libraries into .venv; TensorFlow is large, so the first time takes some minutes.\n'
  : >"$VIRTUAL_ENV/installing"
  run "python -m pip install -qq -e $what" || {
    # pip has ended by itself, so what it leaves is whole: the next run can go on from there.
    rm -f "$VIRTUAL_ENV/installing"
    say "the install failed: see pip's error above, check the network and the free space, then run this again"
    return 1
  }
  # The extra's install brings all of the plain one.
  describe_install >"$VIRTUAL_ENV/installed-plain"
  describe_install >"$stamp"
  rm -f "$VIRTUAL_ENV/installing"
}

# Without these, bash goes on after a command that Ctrl-C ended, if that command made its own exit of it, as pip does.
trap 'exit 130' INT
trap 'exit 143' TERM
