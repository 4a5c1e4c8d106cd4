#!/bin/bash
# Checks and times MiniGrad on this machine's GPU, beside PyTorch: bench/gpu.sh [ARCHIVE] [--quick] [--out DIR].
# ARCHIVE is what bench/pack.sh made. Needs the GPU's driver, bash, tar, and for ratios a Python with torch; no .NET.
# DIR gets gpu-CARD.md, rows.jsonl and log.txt. A part that fails or hangs stops no other.
# --processor rehearses on OpenCL's processors (PoCL) at small sizes, where there is no GPU.
set -uo pipefail
command="gpu.sh $*"
archive="" out=gpu-results quick="" processor="" total=510 torch_time=100 share=1 grace=10
while (($#)); do
  case $1 in
    --quick) quick=--quick total=215 torch_time=45 share=2 ;;
    --out) out=${2:?gpu.sh: --out needs a folder}; shift ;;
    --processor) processor=--processor ;;
    -*) echo "gpu.sh: $1 is no option. gpu.sh [ARCHIVE] [--quick] [--out DIR]" >&2; exit 2 ;;
    *) archive=$1 ;;
  esac
  shift
done
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/minigrad-gpu.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
if [ -z "$archive" ] && [ -x "$here/../app/Bench" ]; then
  root=$here/..
else
  : "${archive:=$here/minigrad-gpu.tar.gz}"
  tar -xzf "$archive" -C "$work" || { echo "gpu.sh: $archive cannot be unpacked; make it by bench/pack.sh" >&2; exit 2; }
  root=$work/minigrad-gpu
fi
mkdir -p "$out" || exit 2
out=$(cd "$out" && pwd)
rows=$out/rows.jsonl log=$out/log.txt
: > "$rows"
: > "$log"

say() { printf '%s\n' "$*" | tee -a "$log"; }
note() {
  say "$*"
  printf '{"kind":"note","text":"%s"}\n' "$(printf '%s' "$*" | tr -d '\\"' | tr '\n\t' '  ')" >> "$rows"
}
# part SECONDS TITLE COMMAND...: stops it when so many seconds, or what is left and a little more, have gone.
part() {
  local limit=$1 title=$2 left=$((deadline - SECONDS)) code
  shift 2
  if ((left < 4)); then
    note "$title: left out, the time was used up."
    return 1
  fi
  ((limit < left + grace)) || limit=$((left + grace))
  say "== $title"
  timeout -k 3 "$limit" "$@" 2>&1 | tee -a "$log"
  code=${PIPESTATUS[0]}
  case $code in
    0) return 0 ;;
    1) ;; # it said what failed
    124 | 137) note "$title: hung, stopped after $limit s." ;;
    *) note "$title: ended with code $code; see log.txt." ;;
  esac
  failed=1
  return 1
}
# What of the limit a program may spend, told to itself so that it can end in order.
within() { local left=$((deadline - SECONDS)); ((left > 0)) || left=0; echo $(($1 < left ? $1 : left)); }

say "MiniGrad on a GPU, $(date -u '+%Y-%m-%d %H:%M UTC'), $(uname -srm), $(grep -c ^processor /proc/cpuinfo) logical processors"
if command -v nvidia-smi > /dev/null; then
  { nvidia-smi -L; nvidia-smi --query-gpu=driver_version,memory.total,clocks.sm,clocks.max.sm,power.limit --format=csv; } 2>&1 | tee -a "$log"
else
  say "nvidia-smi is not here. $(head -n 1 /proc/driver/nvidia/version 2> /dev/null)"
fi

# One card, the same for both drivers and PyTorch.
export CUDA_VISIBLE_DEVICES=${CUDA_VISIBLE_DEVICES:-0}
libraries=${LD_LIBRARY_PATH:-}
for folder in /usr/local/nvidia/lib64 /usr/local/nvidia/lib /usr/lib/x86_64-linux-gnu /usr/lib64 /usr/lib/wsl/lib /usr/local/cuda/lib64; do
  [ -d "$folder" ] && libraries=${libraries:+$libraries:}$folder
done
ours=(env "LD_LIBRARY_PATH=$libraries" DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_EnableDiagnostics=0 DOTNET_TieredPGO=0
  "HOME=${HOME:-$work}" "TMPDIR=$work")
bench=("${ours[@]}" "$root/app/Bench" gpu)
failed=0

deadline=$((SECONDS + 30))
say "== devices"
[ -z "$processor" ] || note "A rehearsal on processors at small sizes: it says nothing of a GPU."
entries=$(timeout -k 3 30 "${bench[@]}" list --out "$rows" $processor 2> >(tee -a "$log" >&2)) || { failed=1; note "devices: the program ended with code $?; see log.txt."; }
[ -n "$entries" ] || failed=1

# PyTorch's time is kept for it; the checks of all devices may take half of the rest.
end=$((total - torch_time - 5))
deadline=$((SECONDS + (end - SECONDS) / 2))
for check in selftest:90 goldens:60 ops:120; do
  for entry in $entries; do
    limit=$(within "$((${check#*:} / share))")
    part "$((limit + grace))" "gpu:$entry: ${check%:*}" "${ours[@]}" "$root/app/MiniGrad.Tests" gpu-check "$entry" "${check%:*}" "$limit" "$rows"
  done
done
deadline=$end
for group in networks:60 products:20 convolutions:45 bandwidth:10; do
  for precision in f32 tf32; do
    [ "$group $precision" != "bandwidth:10 tf32" ] || continue    # nothing there is multiplied
    for entry in $entries; do
      limit=$(within "$((${group#*:} / share))")
      part "$((limit + grace))" "gpu:$entry: ${group%:*}, $precision" "${bench[@]}" time --device "$entry" --group "${group%:*}" --precision "$precision" --seconds "$limit" --out "$rows" $quick $processor
    done
  done
done
deadline=$((total - 3))
python=""
for candidate in python3 /usr/bin/python3 /opt/conda/bin/python3 python; do
  if timeout 60 "$candidate" -c 'import torch' > /dev/null 2>&1; then
    python=$candidate
    break
  fi
done
if [ -n "$python" ]; then
  PYTHONDONTWRITEBYTECODE=1 part "$torch_time" PyTorch "$python" "$root/bench/gpu_peer.py" "$rows" "$(within "$((torch_time - 5))")" ${processor:+--cpu}
else
  note "No Python that can import torch: the report comes without ratios."
fi
say "== report ($SECONDS s)"
timeout -k 3 30 "${bench[@]}" report --out "$rows" --to "$out" --command "$command" 2>&1 | tee -a "$log"
((PIPESTATUS[0] == 0)) || failed=1
say "$out: $(ls "$out" | tr '\n' ' ')"
exit "$failed"
