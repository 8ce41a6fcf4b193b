/** The description of a voice, as Chromium makes it. */
export function talkSdp(): string {
  return [
    'v=0',
    'o=- 2993240305495935364 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=audio 46147 UDP/TLS/RTP/SAVPF 111 63 0',
    'c=IN IP4 192.0.2.2',
    'a=candidate:118685917 1 udp 2113937151 ded6b8d3-c0e5-4912-88a4-b232e0053d6d.local 46147 typ host generation 0 network-cost 999',
    'a=candidate:221681486 1 tcp 1518214911 fd00::2 9 typ host tcptype active generation 0 network-id 1',
    'a=ice-ufrag:u1vX',
    'a=ice-pwd:tFFHoHbSei+opl/Cdvsy7fdC',
    'a=fingerprint:sha-256 03:E7:B0:EA:07:A1:8A:51:F4:48:21:4A:60:81:02:BB:CF:75:90:D0:71:D6:D1:2C:8A:C3:5B:B3:67:50:54:E6',
    'a=setup:actpass',
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    '',
  ].join('\r\n');
}
