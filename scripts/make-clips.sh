#!/bin/bash
# Makes the small clips of src/virtual/clips with FFmpeg: a solid colour under fixed noise, which makes key frames of
# several packets, with a moving white box; 320x180, 15 frames a second, 3 s, one key frame at the start; VP8 in IVF
# and H.264 constrained baseline as Annex B.
set -euo pipefail
directory="$(cd "$(dirname "$0")/.." && pwd)/src/virtual/clips"
mkdir -p "$directory"

# A different noise and path of the box in each clip, so that every frame tells its clip.
picture() {
  local colour=$1 seed=$2
  echo "color=c=$colour:s=320x180:r=15:d=3,noise=c0s=6:c0_seed=$seed[base];color=c=white:s=24x24:r=15:d=3[box];[base][box]overlay=x='mod(n*(4+2*$seed),296)':y=$((120 + 10 * seed))"
}

make_clip() {
  local name=$1 colour=$2 seed=$3
  ffmpeg -hide_banner -loglevel error -y -filter_complex "$(picture "$colour" "$seed")" -pix_fmt yuv420p \
    -c:v libvpx -b:v 0 -crf 34 -g 1000 -keyint_min 1000 -auto-alt-ref 0 -lag-in-frames 0 \
    -error-resilient 1 -deadline good -drop-threshold 0 -cpu-used 4 -threads 1 -fflags +bitexact -flags:v +bitexact "$directory/$name.ivf"
  ffmpeg -hide_banner -loglevel error -y -filter_complex "$(picture "$colour" "$seed")" -pix_fmt yuv420p \
    -c:v libx264 -profile:v baseline -level 3.1 -preset medium -tune zerolatency -b:v 120k -maxrate 150k -bufsize 100k \
    -x264-params "keyint=1000:min-keyint=1000:scenecut=0:slices=1:sliced-threads=0:threads=1:bframes=0:aud=0:repeat-headers=1:force-cfr=1" \
    -bsf:v filter_units=remove_types=6 -fflags +bitexact -f h264 "$directory/$name.h264"
}

make_clip red 0xD02020 1
make_clip green 0x20A040 2
make_clip blue 0x2040D0 3
make_clip yellow 0xD0C020 4
