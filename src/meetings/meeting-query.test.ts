import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountId, conferenceId, meetingId } from '../conference/ids.ts';
import type { Meeting } from './meeting.ts';
import { type MeetingQuery, queryMeetings } from './meeting-query.ts';

const NOW = Date.UTC(2026, 10, 24);
const HOUR = 3_600_000;
const everything: MeetingQuery = {
  scheduler: null,
  searchKey: null,
  withinDays: null,
  order: 'startAscending',
  offset: 0,
  limit: 20,
};

function meeting(id: string, startsInHours: number, changes: Partial<Meeting> = {}): Meeting {
  return {
    id: meetingId(id),
    subject: `Subject of ${id}`,
    media: 'video',
    mediaTypes: 'HDVideo',
    startsAtMs: NOW + startsInHours * HOUR,
    lengthMinutes: 60,
    immediate: false,
    scheduler: accountId('anna'),
    hostPassword: '',
    guestPassword: '',
    state: 'scheduled',
    conference: null,
    language: 'zh-CN',
    timeZoneId: '',
    settings: { guestsMayStart: false, guestsJoinMuted: false, terminalsJoinMuted: false },
    createdAtMs: NOW,
    ...changes,
  };
}

function idsOf(all: readonly Meeting[], changes: Partial<MeetingQuery> = {}): readonly string[] {
  return queryMeetings(all, { ...everything, ...changes }, NOW).meetings.map(({ id }) => id);
}

test('a list has what runs or can still be started', () => {
  const all = [
    meeting('past', -2),
    meeting('running over', -2, { state: 'live', conference: conferenceId('c') }),
    meeting('begun', -0.5),
    meeting('ended early', -0.5, { state: 'ended' }),
    meeting('cancelled', 1, { state: 'cancelled' }),
    meeting('future', 1),
  ];
  assert.deepEqual(idsOf(all), ['running over', 'begun', 'ended early', 'future']);
});

test('a list can be one scheduler’s, searched, near, and in either order', () => {
  const all = [
    meeting('900000001', 1, { subject: 'Board' }),
    meeting('900000002', 30, { scheduler: accountId('ben') }),
    meeting('900000003', 24 * 20),
  ];
  assert.deepEqual(idsOf(all, { scheduler: accountId('ben') }), ['900000002']);
  assert.deepEqual(idsOf(all, { searchKey: 'bOAr' }), ['900000001']);
  assert.deepEqual(idsOf(all, { searchKey: '00003' }), ['900000003']);
  assert.deepEqual(idsOf(all, { withinDays: 1 }), ['900000001']);
  assert.deepEqual(idsOf(all, { withinDays: 7 }), ['900000001', '900000002']);
  assert.deepEqual(idsOf(all, { order: 'startDescending' }), ['900000003', '900000002', '900000001']);
});

test('a page is cut from the whole, whose size it tells', () => {
  const all = [1, 2, 3, 4, 5].map((hour) => meeting(`in ${hour}`, hour));
  const page = queryMeetings(all, { ...everything, offset: 3, limit: 5 }, NOW);
  assert.equal(page.count, 5);
  assert.deepEqual(
    page.meetings.map(({ id }) => id),
    ['in 4', 'in 5'],
  );
});
