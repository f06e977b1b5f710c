/**
 * Leaves VP8 and H.264 (the codecs a conference may have) with their retransmissions in a line of the offer; the
 * server chooses. An offer with every codec the browser knows is several times as large.
 */
export function keepOfferSmall(transceiver: RTCRtpTransceiver): void {
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  const kept = codecs.filter(({ mimeType, sdpFmtpLine = '' }) => {
    if (/^video\/(vp8|rtx)$/i.test(mimeType)) return true;
    return /^video\/h264$/i.test(mimeType) && sdpFmtpLine.includes('packetization-mode=1');
  });
  if (kept.some(({ mimeType }) => !/rtx$/i.test(mimeType))) transceiver.setCodecPreferences(kept);
}
