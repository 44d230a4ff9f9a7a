# Sourced by the scripts here: builds, starts and stops what is measured. All that is started and still runs is stopped at the end, by process id:
# that of one that has ended may be another's by then.
work=$(mktemp -d)
commit=$(git rev-parse --short HEAD)$(git diff --quiet HEAD -- src models || echo ' with changes') # of what is measured, though the tree may change meanwhile
cgroups=()
cleanup() {
  local pid
  for pid in $(jobs -pr); do kill -CONT "$pid" 2>/dev/null || true; kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  for cgroup in "${cgroups[@]}"; do rmdir "$cgroup" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT

say() { printf '\n== %s\n' "$*"; }
bench() { dotnet "$work/bench/KubeSentiment.Bench.dll" "$@"; }
free_port() {
  local port
  while port=$((20000 + RANDOM % 10000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}
wait_for() { # url, pid, seconds
  local end=$((SECONDS + $3))
  until curl -sf -o /dev/null "$1"; do
    kill -0 "$2" 2>/dev/null || { echo "$1: the process ended" >&2; return 1; }
    ((SECONDS < end)) || { echo "$1: no answer within $3 s" >&2; return 1; }
    sleep 0.01
  done
}
stop() { kill "$1"; wait "$1" 2>/dev/null || true; }

# Publishes the load generator and, unless $SERVICE names an executable, the service.
build() {
  say "build"
  dotnet publish bench/KubeSentiment.Bench -c Release -o "$work/bench" -v quiet --nologo
  if [[ -z ${SERVICE:-} ]]; then
    dotnet publish src/KubeSentiment -c Release -o "$work/service" -v quiet --nologo
    SERVICE=$work/service/kubesentiment
  fi
  dotnet build-server shutdown >/dev/null
}

# Makes a cgroup that holds what is in it to so many cores, as the limit of a pod does; $enter goes in front of a command that shall run there. Needs the right to do so, which root has.
new_cgroup() { # cores
  local name=kubesentiment-$$-${#cgroups[@]} quota cgroup
  quota=$(awk -v cores="$1" 'BEGIN { print int(cores * 100000) }')
  if [[ -e /sys/fs/cgroup/cpu/cpu.cfs_quota_us ]]; then # version 1
    cgroup=/sys/fs/cgroup/cpu/$name
    mkdir "$cgroup"
    echo "$quota" >"$cgroup/cpu.cfs_quota_us"
  else
    cgroup=/sys/fs/cgroup/$name
    mkdir "$cgroup"
    echo "$quota 100000" >"$cgroup/cpu.max"
  fi
  cgroups+=("$cgroup")
  enter=(bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$cgroup")
}

# Starts a replica and waits until it is ready; $replica is its process, $1 its port, the rest its environment. $PIN names its cores, $CORES how much of them it may use.
start_replica() { # port, NAME=value...
  local port=$1 enter=()
  shift
  if [[ -n ${CORES:-} ]]; then
    new_cgroup "$CORES"
  fi
  env MLOPS_HOST=127.0.0.1 MLOPS_PORT="$port" MLOPS_LOG_LEVEL=WARNING "$@" "${enter[@]}" ${PIN:+taskset -c "$PIN"} "$SERVICE" >"$work/service-$port.log" 2>&1 &
  replica=$!
  wait_for "http://127.0.0.1:$port/ready" "$replica" 30 || { cat "$work/service-$port.log" >&2; exit 1; }
}

# Starts Redis without persistence; $redis is its process.
start_redis() { # port, options...
  local port=$1
  shift
  redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$work" "$@" >"$work/redis-$port.log" 2>&1 &
  redis=$!
  until redis-cli -p "$port" ping >/dev/null 2>&1; do sleep 0.05; done
}

# The first number of a field in a result of "bench load --json".
field() { # file, name
  grep -o "\"$2\": *[-0-9.]*" "$1" | head -1 | grep -o '[-0-9.]*$'
}
# A field of each round's result, "NAME-ROUND.json"; the warm-up is round 0.
rounds() { # name, field
  local file
  for file in "$work/$1"-[1-9]*.json; do field "$file" "$2"; done
}
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# The head of a result page. The instructions of VNNI multiply int8 several times as fast: figures of machines with and without them are not to be compared.
page_head() { # title
  printf '# %s, %s UTC\n\n' "$1" "$(date -u '+%F %H:%M')"
  printf 'Commit %s. %s, %s cores, %s VNNI, %s. Written by bench/%s; bench/README.md says what the figures mean.\n' "$commit" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" "$(nproc)" "$(grep -qE 'avx512_vnni|avx_vnni' /proc/cpuinfo && echo with || echo without)" "$(. /etc/os-release && echo "$PRETTY_NAME")" "$(basename "$0")"
  local name settings=()
  for name in $(compgen -e MLOPS_ | grep -vE 'KEY|PASSWORD|PROPERTY'); do settings+=("$name=${!name}"); done
  if ((${#settings[@]})); then printf 'Settings: %s.\n' "${settings[*]}"; fi
}
