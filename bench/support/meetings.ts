import type { SightlineClient } from '../../src/virtual/sightline-client.ts';

export interface BenchMeeting {
  readonly conferenceID: string;
  readonly controlToken: string;
  /** The professional terminal. */
  readonly viewer: string;
  /** Everybody else. */
  readonly sources: readonly string[];
}

/** Fills a server with running meetings, each with one terminal and `participants - 1` browsers. */
export const fillMeetings = async (
  client: SightlineClient,
  count: number,
  participants: number,
): Promise<readonly BenchMeeting[]> => {
  const meetings: BenchMeeting[] = [];
  const AT_ONCE = 10;
  for (let done = 0; done < count; done += AT_ONCE) {
    const wave = Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, index) =>
      fillMeeting(client, done + index, participants),
    );
    meetings.push(...(await Promise.all(wave)));
  }
  return meetings;
};

const fillMeeting = async (
  client: SightlineClient,
  index: number,
  participants: number,
): Promise<BenchMeeting> => {
  const serialNumber = `BENCH${index}`;
  const [meeting, activationCode] = await Promise.all([
    client.createMeeting(`bench ${index}`),
    client.registerTerminal(serialNumber, `Terminal ${index}`),
  ]);
  const { conferenceID, hostPassword, guestPassword } = meeting;
  const terminal = await client.join(conferenceID, { serialNumber, activationCode });
  const browsers = await Promise.all(
    Array.from({ length: participants - 1 }, (_, n) =>
      client.join(conferenceID, {
        name: `Participant ${n}`,
        password: n === 0 ? hostPassword : guestPassword,
      }),
    ),
  );
  return {
    conferenceID,
    controlToken: await client.controlToken(conferenceID, hostPassword),
    viewer: terminal.participantID,
    sources: browsers.map((browser) => browser.participantID),
  };
};

/** A lockView request as it goes over the wire. */
export const lockViewRequest = (
  meeting: Pick<BenchMeeting, 'conferenceID' | 'controlToken' | 'viewer'>,
  source: string,
): Buffer => {
  const body = JSON.stringify({ status: 1, participantID: source });
  return Buffer.from(
    `PUT /v1/mmc/control/conferences/lockView?conferenceID=${meeting.conferenceID}&participantID=${meeting.viewer} HTTP/1.1\r\n` +
      'Host: 127.0.0.1\r\nContent-Type: application/json; charset=UTF-8\r\n' +
      `X-Conference-Authorization: ${meeting.controlToken}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
};
