#!/bin/bash
# Compiles every GPU kernel program ahead of time to PTX, for the CUDA driver, which has no OpenCL compiler, and packs all
# into Cuda/kernels.ptx.br. Run it after a change to Kernels/*.cl or to a formula, and commit the file:
#
#   src/Kernels/Gpu/make-ptx.sh                     needs the .NET SDK and clang 19 (Debian: apt install clang-19)
#   src/Kernels/Gpu/make-ptx.sh compile IN.cl OUT.ptx      one program only
#
# PTX for compute capability 8.0 (Ampere) and in version 8.0 of the language: drivers of CUDA 12.0 and later compile it
# for the card that they find. The same clang gives the same bytes.
set -euo pipefail
clang=${CLANG:-clang-19}
target=(-target nvptx64-nvidia-cuda -Xclang -target-cpu -Xclang sm_80 -Xclang -target-feature -Xclang +ptx80 -O3)

# clang drops the group's size on its way to PTX; here it moves from the kernel to the annotations that the back end reads.
# Told the size, the driver can give each work item as many registers as fit.
annotate='
  NR == FNR && /^define .*spir_kernel .*!reqd_work_group_size/ {
    match($0, /@[A-Za-z0-9_]+/); kernel = substr($0, RSTART, RLENGTH)
    match($0, /!reqd_work_group_size ![0-9]+/); size[kernel] = substr($0, RSTART + 22, RLENGTH - 22)
  }
  NR == FNR && /^![0-9]+ = !\{i32 [0-9]+, i32 1, i32 1\}/ { split($0, word, /[ ,]+/); number[word[1]] = word[4] }
  NR == FNR { next }
  /^![0-9]+ = !\{ptr @[A-Za-z0-9_]+, !"kernel", i32 1\}/ {
    match($0, /@[A-Za-z0-9_]+/); n = number[size[substr($0, RSTART, RLENGTH)]]
    sub(/\}$/, ", !\"reqntidx\", i32 " n ", !\"reqntidy\", i32 1, !\"reqntidz\", i32 1}")
  }
  { print }'

compile() {
  local ir
  ir=$(mktemp --suffix=.ll)
  # One and the same name of the input in every run: it is part of what clang writes.
  $clang "${target[@]}" -x cl -DAHEAD_OF_TIME_PTX -cl-std=CL1.2 -Xclang -finclude-default-header -cl-fp32-correctly-rounded-divide-sqrt -ffp-contract=off \
    -Werror -Xclang -disable-llvm-passes -S -emit-llvm - -o "$ir" < "$1"
  awk "$annotate" "$ir" "$ir" | $clang "${target[@]}" -x ir -Wno-override-module -S - -o "$2"
  rm "$ir"
  check "$2"
}

# What no PTX of ours may hold: functions that nobody brings, inexact operations, numbers flushed to 0, and, in products,
# arrays that did not stay in registers.
check() {
  local name
  name=$(basename "$1" .ptx)
  grep -q '^\.version 8\.0$' "$1" && grep -q '^\.target sm_80$' "$1" || { echo "$name: not PTX 8.0 for sm_80" >&2; return 1; }
  if grep -nE '\.extern|\bcall\b|\.approx|\.ftz|div\.full' "$1" >&2; then echo "$name: the line above must not be there" >&2; return 1; fi
  [ "$(grep -c '^\.visible \.entry' "$1")" = "$(grep -cE '^\.reqntid [0-9]+, 1, 1\b' "$1")" ] || { echo "$name: a kernel without the size of its groups" >&2; return 1; }
  if grep -nE '^\s*\.local' "$1" >&2; then echo "$name: an array of a work item lies in memory" >&2; return 1; fi
}

if [ "${1:-}" = compile ]; then
  compile "$2" "$3"
  exit
fi

cd "$(dirname "$0")/../../.."
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
archive=src/Kernels/Gpu/Cuda/kernels.ptx.br
dotnet build -c Release bench -v q --nologo
bench=(dotnet bench/bin/Release/net10.0/Bench.dll kernels)
"${bench[@]}" write "$folder"
find "$folder" -name '*.cl' -print0 | xargs -0 -P 2 -I{} bash -c '"$0" compile "$1" "${1%.cl}.ptx" || exit 255' src/Kernels/Gpu/make-ptx.sh {}
"${bench[@]}" pack "$folder" "$archive"
