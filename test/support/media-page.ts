/**
 * What the pages of the Chromium media test run. Text, since it is not code of this program: the pages have the DOM,
 * which nothing else here has.
 */
export const mediaPage = `
var connection, negotiations = 0, videos = [];

async function publishColour(colour, mimeType) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
  const context = canvas.getContext('2d');
  let frame = 0;
  setInterval(() => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 320, 180);
    context.fillStyle = 'white';
    context.fillRect((frame++ * 8) % 296, 140, 24, 24);
  }, 33);
  connection = new RTCPeerConnection();
  const transceiver = connection.addTransceiver(canvas.captureStream(30).getTracks()[0], { direction: 'sendonly' });
  const isWanted = (codec) => codec.mimeType === mimeType &&
    (mimeType === 'video/VP8' || /packetization-mode=1.*42e01f/.test(codec.sdpFmtpLine));
  transceiver.setCodecPreferences(RTCRtpSender.getCapabilities('video').codecs.filter(isWanted));
  const audio = new AudioContext();
  const oscillator = audio.createOscillator();
  const destination = audio.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  connection.addTransceiver(destination.stream.getTracks()[0], { direction: 'sendonly' });
  connection.createDataChannel('refused');
  await connection.setLocalDescription();
  return connection.localDescription.sdp;
}

async function viewSlots(slots) {
  connection = new RTCPeerConnection();
  for (let slot = 0; slot < slots; slot += 1) {
    const { receiver } = connection.addTransceiver('video', { direction: 'recvonly' });
    const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
    video.srcObject = new MediaStream([receiver.track]);
    document.body.append(video);
    videos.push(video);
  }
  connection.addTransceiver('audio', { direction: 'recvonly' });
  await connection.setLocalDescription();
  connection.addEventListener('negotiationneeded', () => { negotiations += 1; });
  return connection.localDescription.sdp;
}

/** Begins an ICE restart; resolves with the fragment for the server. */
async function beginRestart() {
  connection.restartIce();
  await connection.setLocalDescription();
  const sdp = connection.localDescription.sdp;
  const line = (name) => sdp.match(new RegExp('^a=' + name + ':.*$', 'm'))[0].trim();
  const association = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [line('ice-ufrag'), line('ice-pwd'), 'a=tls-id:' + association, ''].join('\\r\\n');
}

/** Applies the server's fragment to the answer that is in force. */
async function finishRestart(fragment) {
  let sdp = connection.remoteDescription?.sdp ?? connection.currentRemoteDescription.sdp;
  for (const name of ['ice-ufrag', 'ice-pwd', 'fingerprint']) {
    const line = fragment.match(new RegExp('^a=' + name + ':.*$', 'm'))[0].trim();
    sdp = sdp.replaceAll(new RegExp('^a=' + name + ':.*$', 'gm'), line);
  }
  await connection.setRemoteDescription({ type: 'answer', sdp });
}

const acceptAnswer = (sdp) => connection.setRemoteDescription({ type: 'answer', sdp });

const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
function colourOf(video) {
  pixel.drawImage(video, 20, 20, 1, 1, 0, 0, 1, 1);
  const [red, , blue] = pixel.getImageData(0, 0, 1, 1).data;
  return red > blue + 100 ? 'red' : blue > red + 100 ? 'blue' : 'other';
}

/** Resolves with Date.now() when a decoded frame of the slot has the colour, that and the next ones. */
function untilColour(slot, colour, frames = 1) {
  return new Promise((resolve) => {
    const video = videos[slot];
    let seen = 0, firstAt = 0;
    const look = () => {
      if (video.videoWidth > 0 && colourOf(video) === colour) {
        seen += 1;
        firstAt ||= performance.timeOrigin + performance.now();
      } else {
        seen = 0;
        firstAt = 0;
      }
      if (seen >= frames) resolve(firstAt);
      else video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
}

async function inboundStatistics() {
  const found = [];
  for (const report of (await connection.getStats()).values()) {
    if (report.type === 'remote-outbound-rtp') found.push({ senderReports: report.reportsSent, of: report.kind });
    if (report.type !== 'inbound-rtp') continue;
    const { kind, packetsReceived, packetsLost, framesDecoded, keyFramesDecoded, pliCount, nackCount, freezeCount } = report;
    found.push({ kind, packetsReceived, packetsLost, framesDecoded, keyFramesDecoded, pliCount, nackCount, freezeCount });
  }
  return found;
}
`;
