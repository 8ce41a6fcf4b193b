# A camera: a real video device (v4l2loopback) that the real v4l2-ctl reads.
# shellcheck shell=bash disable=SC2034,SC2154 # the parts of job share their names

camera=/dev/video9

camera_reads() {
  step 'a pass before a camera opens a line, through v4l2-ctl'
  plug_camera
  show_picture 1
  write_config "$camera"
  systemctl restart gatepost.service
  comes_up
  camera_opens 'a picture'

  step "the camera goes and comes back: others pass meanwhile, in use again within $again_ms ms"
  # The kernel keeps the module while it is used: it goes when the daemon has given up the silent camera.
  within 60 modprobe --quiet --remove v4l2loopback || broken 'the daemon does not let go of a silent camera'
  opens main 'a pass while the camera is out'
  rests main
  plug_camera
  show_picture 2
  is_back_since "$(now_ms)" camera daemon_has "$camera"
  camera_opens 'a picture after the camera came back'

  write_config
  systemctl restart gatepost.service
  comes_up
}

plug_camera() {
  modprobe v4l2loopback video_nr=9 card_label=Camera
  within 10 test -c "$camera" || broken 'there is no camera'
  v4l2-ctl --device="$camera" --set-fmt-video-out=width=640,height=480,pixelformat=YUYV >/dev/null
}

camera_opens() {
  local opened_in_time=yes
  within 240 level_is lobby 1 || opened_in_time=no
  # What shows the picture goes on until then, and would keep this program from its end.
  rm /run/in-view
  [[ $opened_in_time == yes ]] || broken "$1: the camera moved no line"
  opened[lobby]=$((opened[lobby] + 1))
  rests lobby
}

# Four pictures of a pass a second, one write each, until it is taken away.
show_picture() {
  touch /run/in-view
  while [[ -e /run/in-view ]]; do
    cat "$shown/picture-$1"
    pause 0.25
  done | dd of="$camera" bs=614400 iflag=fullblock status=none &
}
