import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ConferenceEvent } from '../conference/events.ts';
import { evolveAll, startedState } from '../conference/evolve.ts';
import { conferenceId, meetingId } from '../conference/ids.ts';
import type { ConferenceState } from '../conference/state.ts';
import { Channel, type Receiver } from './channel.ts';
import { dynamicInfo } from './conference-notices.ts';
import { WholeSource } from './notice-source.ts';
import { attendeesNotify, participantsNotify } from './participant-notices.ts';
import { RowsSource } from './rows-source.ts';

const meeting = meetingId('900000001');

const started = startedState({
  type: 'conference.started',
  id: conferenceId('c'),
  meeting,
  subject: 'Subject',
  media: 'video',
  atMs: 1,
  guestsJoinMuted: false,
  terminalsJoinMuted: false,
});

const after = (state: ConferenceState, ...events: readonly ConferenceEvent[]): ConferenceState =>
  evolveAll(state, events);

const call = (number: string): ConferenceEvent => ({
  type: 'attendee.called',
  attendee: {
    number,
    name: `Name of ${number}`,
    type: 'terminal',
    account: null,
    role: 'guest',
    called: true,
  },
});

interface Sent {
  readonly version: number;
  readonly msgMode: number;
  readonly data?: readonly object[];
}

const recorder = (): Receiver & { readonly sent: Sent[] } => {
  const sent: Sent[] = [];
  return { sent, send: (frame) => void sent.push(JSON.parse(frame.toString()) as Sent) };
};

const lockSet = (locked: boolean): ConferenceEvent => ({ type: 'conference.lockSet', locked });

describe('a channel', () => {
  const open = (source = new WholeSource(dynamicInfo)) =>
    new Channel({ type: 'ConfDynamicInfoNotify', source, meeting, now: () => 1_000 });

  it('gives whole messages of the same ms versions that grow', () => {
    const [channel, receiver] = [open(), recorder()];
    channel.add(receiver, started);
    channel.publish(after(started, lockSet(true)));
    channel.publish(after(started, lockSet(true)));
    channel.publish(started);
    assert.deepEqual(
      receiver.sent.map(({ version }) => version),
      [1_000, 1_001, 1_002],
    );
  });

  it('sends those who come while nothing changes the same bytes', () => {
    const channel = open();
    const frames: Buffer[] = [];
    for (let n = 0; n < 2; n += 1) channel.add({ send: (frame) => void frames.push(frame) }, started);
    assert.equal(frames[0], frames[1]);
  });

  it('tells who comes after a change that nobody heard the new state', () => {
    const [channel, receiver] = [open(), recorder()];
    const early = recorder();
    channel.add(early, started);
    channel.remove(early);
    const locked = after(started, lockSet(true));
    channel.publish(locked);
    channel.add(receiver, locked);
    assert.partialDeepStrictEqual(receiver.sent, [{ lock: 1 }]);
  });
});

describe('the lists', () => {
  it('have somebody who is being called by his number, until the call has ended', () => {
    const source = participantsNotify();
    source.full(started);
    const called = after(started, call('+99100'));
    assert.deepEqual(source.change(called), {
      mode: 1,
      body: {
        data: [
          {
            pid: '+99100',
            mode: 0,
            pinfoMap: { NAME: 'Name of +99100', TEL: '+99100', ACCOUNT: '', ROLE: '0', STATE: '1' },
          },
        ],
      },
    });
    const over = after(called, { type: 'attendee.callEnded', number: '+99100', result: 'busy' });
    assert.deepEqual(source.change(over)?.body, { data: [{ pid: '+99100', mode: 1 }] });
  });

  it('keep who was invited among the attendees after the call, without a change', () => {
    const source = attendeesNotify();
    const called = after(started, call('+99100'));
    const row = {
      mode: 0,
      participantID: '',
      name: 'Name of +99100',
      phone: '+99100',
      accountId: '',
      role: 0,
      isMute: 0,
      isAutoInvite: 0,
      type: 'terminal',
    };
    assert.deepEqual(source.full(called), { data: [row] });
    const over = after(called, { type: 'attendee.callEnded', number: '+99100', result: 'refused' });
    assert.equal(source.change(over), null);
    const removed = after(over, { type: 'attendee.removed', number: '+99100' });
    assert.deepEqual(source.change(removed)?.body, {
      data: [{ mode: 1, participantID: '', phone: '+99100' }],
    });
  });

  it('make their rows again when what they depend on beside their items changes', () => {
    const item = {};
    const source = new RowsSource({
      items: () => new Map([['a', item]]),
      rowOf: (_, { locked }) => ({ LOCK: locked ? '1' : '0' }),
      context: ({ locked }) => locked,
      refresh: (id, changed) => ({ id, ...changed }),
      remove: (id) => ({ id }),
    });
    source.full(started);
    assert.deepEqual(source.change(after(started, lockSet(true)))?.body, { data: [{ id: 'a', LOCK: '1' }] });
  });
});
