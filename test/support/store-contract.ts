import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { accountId, conferenceId, meetingId } from '../../src/conference/ids.ts';
import type {
  AccessTokenRecord,
  Account,
  ControlTokenRecord,
  Terminal,
} from '../../src/identity/identity.ts';
import type { Meeting } from '../../src/meetings/meeting.ts';
import type { MeetingRun } from '../../src/meetings/meeting-run.ts';
import type { JournalEntry, LiveConference, Store } from '../../src/store/store.ts';

export const CONFERENCE = conferenceId('5f2b2c52-9d1c-4a43-9a63-0d2f3a7d1f11');
const OTHER = conferenceId('a3f0a3cf-0a9e-4d93-8f11-6f2a3f4f9b22');

export const journalEntry = (sequence: number, changes: Partial<JournalEntry> = {}): JournalEntry => ({
  conference: CONFERENCE,
  sequence,
  atMs: 1_764_000_000_000 + sequence,
  record: `{"n":${sequence}}`,
  final: false,
  ...changes,
});

export const sampleMeeting = (changes: Partial<Meeting> = {}): Meeting => ({
  id: meetingId('912345678'),
  subject: 'Weekly 会议',
  media: 'video',
  mediaTypes: 'HDVideo',
  startsAtMs: 1_764_000_000_000,
  lengthMinutes: 30,
  immediate: true,
  scheduler: accountId('3f2b2c52-9d1c-4a43-9a63-0d2f3a7d1f33'),
  hostPassword: 'sealed-host',
  guestPassword: 'sealed-guest',
  state: 'scheduled',
  conference: null,
  language: 'zh-CN',
  timeZoneId: '56',
  settings: { guestsMayStart: false, guestsJoinMuted: false, terminalsJoinMuted: true },
  createdAtMs: 1_764_000_000_000,
  ...changes,
});

const sampleRun = (changes: Partial<MeetingRun> = {}): MeetingRun => {
  const { hostPassword: _1, guestPassword: _2, state: _3, conference: _4, ...meeting } = sampleMeeting();
  return { conference: CONFERENCE, meeting, startedAtMs: 1_764_000_000_000, endedAtMs: null, ...changes };
};

const sampleAccount = (changes: Partial<Account> = {}): Account => ({
  id: accountId('3f2b2c52-9d1c-4a43-9a63-0d2f3a7d1f33'),
  name: 'admin',
  displayName: 'Administrator',
  role: 'administrator',
  passwordHash: 'scrypt$1$1$1$a$b',
  createdAtMs: 1,
  ...changes,
});

const sampleTerminal = (changes: Partial<Terminal> = {}): Terminal => ({
  serialNumber: 'SN-1',
  name: 'Room 1',
  model: 'TE20',
  number: '+991234567890',
  account: 'room1',
  enabled: true,
  activationDigest: null,
  details: { country: 'CN', prjCodeMode: 0 },
  createdAtMs: 1,
  ...changes,
});

const accessToken = (digest: string): AccessTokenRecord => ({
  digest,
  account: accountId('3f2b2c52-9d1c-4a43-9a63-0d2f3a7d1f33'),
  clientType: 72,
  createdAtMs: 1,
  refreshedAtMs: 1,
  expiresAtMs: 2,
});

const controlToken = (digest: string): ControlTokenRecord => ({
  digest,
  meeting: meetingId('912345678'),
  role: 'host',
  createdAtMs: 1,
  refreshedAtMs: 1,
  expiresAtMs: 2,
});

/** The live conferences of a store, all at once. */
export const liveOf = async ({ journal }: Pick<Store, 'journal'>): Promise<LiveConference[]> => {
  const live: LiveConference[] = [];
  for await (const conference of journal.live()) live.push(conference);
  return live;
};

/** What a suite runs on. `reopen` is given by stores that outlive their process. */
export interface StoreContractSubject {
  open(): Store | Promise<Store>;
  /** Called after the store was closed: the same data, opened anew. */
  readonly reopen?: () => Store | Promise<Store>;
  cleanUp(): void | Promise<void>;
}

/** The behaviour every store has. */
export function storeContract(name: string, createSubject: () => StoreContractSubject): void {
  describe(`${name}: the store contract`, () => {
    let subject: StoreContractSubject;
    let store: Store;

    beforeEach(async () => {
      subject = createSubject();
      store = await subject.open();
    });
    afterEach(async () => {
      await store.close();
      await subject.cleanUp();
    });

    /** The store as a later process sees it, where it has one; else the same. */
    const later = async () => {
      await store.settled();
      if (subject.reopen === undefined) return store;
      await store.close();
      store = await subject.reopen();
      return store;
    };

    describe('journal', () => {
      it('gives back the entries of a conference in order', async () => {
        await Promise.all([1, 2, 3].map((sequence) => store.journal.append(journalEntry(sequence))));
        await store.journal.append(journalEntry(1, { conference: OTHER, record: '{"其他":1}' }));
        const { journal } = await later();
        assert.deepEqual(
          await journal.entries(CONFERENCE),
          [1, 2, 3].map((sequence) => journalEntry(sequence)),
        );
        assert.equal((await journal.entries(OTHER))[0]?.record, '{"其他":1}');
        assert.deepEqual(await journal.entries(conferenceId('unknown')), []);
      });

      it('shows an entry only once it is committed', async () => {
        const appended = store.journal.append(journalEntry(1));
        const before = store.journal.entries(CONFERENCE);
        assert.deepEqual(await before, []);
        await appended;
        assert.equal((await store.journal.entries(CONFERENCE)).length, 1);
      });

      it('lists a live conference with its newest snapshot and what follows it', async () => {
        await store.journal.append(journalEntry(1, { snapshot: '{"s":1}' }));
        await store.journal.append(journalEntry(2, { snapshot: '{"s":2}' }));
        await store.journal.append(journalEntry(3));
        await store.journal.append(journalEntry(1, { conference: OTHER }));
        const live = await liveOf(await later());
        assert.deepEqual(live, [
          { conference: CONFERENCE, snapshot: { sequence: 2, state: '{"s":2}' }, entries: [journalEntry(3)] },
          { conference: OTHER, snapshot: null, entries: [journalEntry(1, { conference: OTHER })] },
        ]);
      });

      it('takes a conference off the live ones with its final entry, and keeps its entries', async () => {
        await store.journal.append(journalEntry(1, { snapshot: '{}' }));
        await store.journal.append(journalEntry(2, { final: true }));
        const { journal } = await later();
        assert.deepEqual(await liveOf(store), []);
        assert.deepEqual(await journal.entries(CONFERENCE), [
          journalEntry(1),
          journalEntry(2, { final: true }),
        ]);
        await assert.rejects(journal.append(journalEntry(3)), { code: 'CONFLICT' });
      });

      it('continues a conference that an earlier process began', async () => {
        await store.journal.append(journalEntry(1));
        const { journal } = await later();
        await journal.append(journalEntry(2));
        assert.equal((await journal.entries(CONFERENCE)).length, 2);
      });

      for (const sequence of [0, 1, 3]) {
        it(`refuses sequence ${sequence} after 1, with every write of its batch`, async () => {
          await store.journal.append(journalEntry(1));
          const results = await Promise.allSettled([
            store.meetings.save(sampleMeeting()),
            store.journal.append(journalEntry(1, { conference: OTHER })),
            store.journal.append(journalEntry(sequence)),
            store.terminals.save(sampleTerminal()),
          ]);
          assert.deepEqual(
            results.map(({ status }) => status),
            ['rejected', 'rejected', 'rejected', 'rejected'],
          );
          const { journal, meetings, terminals } = await later();
          assert.deepEqual(await journal.entries(CONFERENCE), [journalEntry(1)]);
          assert.deepEqual(await journal.entries(OTHER), []);
          assert.deepEqual([meetings.all(), terminals.all()], [[], []]);
          await journal.append(journalEntry(2));
          await journal.append(journalEntry(1, { conference: OTHER }));
        });
      }
    });

    describe('repositories', () => {
      it('show a write at once and keep it', async () => {
        const saved = store.meetings.save(sampleMeeting());
        assert.deepEqual(store.meetings.find(meetingId('912345678')), sampleMeeting());
        await saved;
        const { meetings } = await later();
        assert.deepEqual(meetings.find(meetingId('912345678')), sampleMeeting());
        assert.equal(meetings.find(meetingId('900000000')), null);
      });

      it('replace a value under its key, and restore it when the commit fails', async () => {
        await store.meetings.save(sampleMeeting());
        await store.meetings.save(sampleMeeting({ subject: 'second' }));
        await assert.rejects(
          Promise.all([
            store.meetings.save(sampleMeeting({ subject: 'third' })),
            store.meetings.save(sampleMeeting({ subject: 'fourth' })),
            store.journal.append(journalEntry(7)),
          ]),
        );
        assert.equal(store.meetings.find(meetingId('912345678'))?.subject, 'second');
        assert.equal((await later()).meetings.find(meetingId('912345678'))?.subject, 'second');
      });

      it('list meetings newest start first', async () => {
        const starts = [5, 9, 7];
        const saved = starts.map((startsAtMs) =>
          store.meetings.save(sampleMeeting({ id: meetingId(`90000000${startsAtMs}`), startsAtMs })),
        );
        await Promise.all(saved);
        assert.deepEqual(
          (await later()).meetings.all().map(({ startsAtMs }) => startsAtMs),
          [9, 7, 5],
        );
      });

      it('keep the runs of meetings, the latest start first, and complete them', async () => {
        await store.runs.save(sampleRun({ endedAtMs: 1_764_000_060_000 }));
        await store.runs.save(sampleRun({ conference: OTHER, startedAtMs: 1_764_000_120_000 }));
        await assert.rejects(
          Promise.all([
            store.runs.save(sampleRun({ conference: OTHER, endedAtMs: 1 })),
            store.journal.append(journalEntry(7)),
          ]),
        );
        assert.equal(store.runs.find(OTHER)?.endedAtMs, null);
        const { runs } = await later();
        assert.deepEqual(
          runs.all().map(({ conference, endedAtMs }) => [conference, endedAtMs]),
          [
            [OTHER, null],
            [CONFERENCE, 1_764_000_060_000],
          ],
        );
        await runs.save(sampleRun({ conference: OTHER, endedAtMs: 1_764_000_180_000 }));
        assert.equal((await later()).runs.find(OTHER)?.endedAtMs, 1_764_000_180_000);
        assert.deepEqual(store.runs.find(CONFERENCE), sampleRun({ endedAtMs: 1_764_000_060_000 }));
        assert.equal(store.runs.find(conferenceId('unknown')), null);
      });

      it('find accounts by name and ID, and refuse a taken name', async () => {
        await store.accounts.save(sampleAccount());
        const second = sampleAccount({ id: accountId('other') });
        await assert.rejects(store.accounts.save(second), { code: 'CONFLICT' });
        const { accounts } = await later();
        assert.deepEqual(accounts.findByName('admin'), sampleAccount());
        assert.deepEqual(accounts.find(sampleAccount().id), sampleAccount());
        assert.equal(accounts.find(second.id), null);
        assert.equal(accounts.count(), 1);
      });

      it('rename an account and free its name', async () => {
        await store.accounts.save(sampleAccount());
        await store.accounts.save(sampleAccount({ name: 'root' }));
        await store.accounts.save(sampleAccount({ id: accountId('other') }));
        const { accounts } = await later();
        assert.equal(accounts.findByName('root')?.id, sampleAccount().id);
        assert.equal(accounts.findByName('admin')?.id, 'other');
      });

      it('keep and delete tokens', async () => {
        await Promise.all(['a', 'b', 'c'].map((digest) => store.tokens.saveAccess(accessToken(digest))));
        await Promise.all(['d', 'e'].map((digest) => store.tokens.saveControl(controlToken(digest))));
        await store.tokens.deleteAccess(['a', 'c', 'absent']);
        await store.tokens.deleteControl(['d']);
        const { tokens } = await later();
        assert.deepEqual(tokens.allAccess(), [accessToken('b')]);
        assert.deepEqual(tokens.allControl(), [controlToken('e')]);
        assert.deepEqual(tokens.findControl('e'), controlToken('e'));
        assert.equal(tokens.findAccess('a'), null);
      });

      it('keep terminals in order of registration', async () => {
        await store.terminals.save(sampleTerminal({ serialNumber: 'Z' }));
        await store.terminals.save(sampleTerminal({ serialNumber: 'A' }));
        await store.terminals.save(sampleTerminal({ serialNumber: 'Z', name: 'renamed' }));
        const { terminals } = await later();
        assert.deepEqual(
          terminals.all().map(({ serialNumber, name }) => [serialNumber, name]),
          [
            ['Z', 'renamed'],
            ['A', 'Room 1'],
          ],
        );
        assert.deepEqual(terminals.find('A'), sampleTerminal({ serialNumber: 'A' }));
      });
    });

    describe('a batch behind another', () => {
      const SAVED = meetingId('912345678');

      it('is durable after it, and their promises resolve in order', async () => {
        const order: string[] = [];
        const note = (name: string) => () => order.push(name);
        const first = store.journal.append(journalEntry(1)).then(note('first'));
        await setImmediate();
        const second = store.meetings.save(sampleMeeting()).then(note('second'));
        const third = store.journal.append(journalEntry(2)).then(note('third'));
        await store.settled();
        await Promise.all([first, second, third]);
        assert.deepEqual(order, ['first', 'second', 'third']);
        const { journal, meetings } = await later();
        assert.equal((await journal.entries(CONFERENCE)).length, 2);
        assert.deepEqual(meetings.find(SAVED), sampleMeeting());
      });

      it('fails with it, is taken back with it, and the store goes on', async () => {
        await store.meetings.save(sampleMeeting({ subject: 'kept' }));
        const results = [
          store.meetings.save(sampleMeeting({ subject: 'second' })),
          store.journal.append(journalEntry(9)),
        ];
        const settled = Promise.allSettled(results);
        await setImmediate();
        const behind = Promise.allSettled([
          store.meetings.save(sampleMeeting({ subject: 'third' })),
          store.journal.append(journalEntry(1)),
        ]);
        assert.equal(store.meetings.find(SAVED)?.subject, 'third');
        const statuses = [...(await settled), ...(await behind)].map(({ status }) => status);
        assert.deepEqual(statuses, ['rejected', 'rejected', 'rejected', 'rejected']);
        assert.equal(store.meetings.find(SAVED)?.subject, 'kept');
        assert.deepEqual(await store.journal.entries(CONFERENCE), []);
        await store.journal.append(journalEntry(1));
        await store.meetings.save(sampleMeeting({ subject: 'fourth' }));
        const { journal, meetings } = await later();
        assert.equal((await journal.entries(CONFERENCE)).length, 1);
        assert.equal(meetings.find(SAVED)?.subject, 'fourth');
      });
    });

    describe('life cycle', () => {
      it('commits what is pending when closed', async () => {
        const appended = store.journal.append(journalEntry(1));
        await setImmediate();
        const behind = store.journal.append(journalEntry(2));
        await store.close();
        await Promise.all([appended, behind]);
        await store.close();
      });

      it('refuses writes after close and takes back what they changed', async () => {
        await store.close();
        await assert.rejects(store.meetings.save(sampleMeeting()), { code: 'STORE_CLOSED' });
        await assert.rejects(store.journal.append(journalEntry(1)), { code: 'STORE_CLOSED' });
        assert.equal(store.meetings.find(meetingId('912345678')), null);
      });

      it('settles with the writes issued before', async () => {
        await store.settled();
        const failing = store.journal.append(journalEntry(9));
        await assert.rejects(store.settled(), { code: 'CONFLICT' });
        await assert.rejects(failing, { code: 'CONFLICT' });
        await store.settled();
      });
    });
  });
}
