import type { AccessTokenRecord, Account, ControlTokenRecord, Terminal } from '../identity/identity.ts';
import type { Meeting } from '../meetings/meeting.ts';
import type { MeetingRun } from '../meetings/meeting-run.ts';
import type { GroupCommitWriter } from './group-commit-writer.ts';
import type { Columns, StoredRows, TableName } from './medium.ts';
import type { AccountRepository, MeetingRepository, RunRepository, Store, TokenRepository } from './store.ts';
import { StoreError } from './store-error.ts';
import { Table } from './table.ts';

/** The repositories of a store, over what it held when it was opened and its one writer. */
export function createRepositories(
  rows: StoredRows,
  writer: GroupCommitWriter,
): Pick<Store, 'meetings' | 'runs' | 'accounts' | 'tokens' | 'terminals'> {
  const table = <Value>(name: TableName, columns: (value: Value) => Columns) =>
    new Table<Value>({ name, columns, rows, writer });
  const terminals = table('terminals', ({ serialNumber }: Terminal) => [serialNumber]);
  return {
    meetings: meetingRepository(table('meetings', ({ id, startsAtMs }) => [id, startsAtMs])),
    runs: runRepository(table('runs', ({ conference, startedAtMs }) => [conference, startedAtMs])),
    accounts: accountRepository(table('accounts', ({ id, name }) => [id, name])),
    tokens: tokenRepository(
      table('access_tokens', ({ digest, expiresAtMs }) => [digest, expiresAtMs]),
      table('control_tokens', ({ digest, expiresAtMs }) => [digest, expiresAtMs]),
    ),
    terminals: {
      save: (terminal) => terminals.save(terminal),
      find: (serialNumber) => terminals.get(serialNumber),
      all: () => terminals.values(),
    },
  };
}

const newestStartFirst = (a: Meeting, b: Meeting) => b.startsAtMs - a.startsAtMs || (a.id < b.id ? -1 : 1);

const meetingRepository = (table: Table<Meeting>): MeetingRepository => ({
  save: (meeting) => table.save(meeting),
  find: (id) => table.get(id),
  all: () => table.values().toSorted(newestStartFirst),
});

const latestStartFirst = (a: MeetingRun, b: MeetingRun) => b.startedAtMs - a.startedAtMs;

const runRepository = (table: Table<MeetingRun>): RunRepository => ({
  save: (run) => table.save(run),
  find: (conference) => table.get(conference),
  all: () => table.values().toReversed().toSorted(latestStartFirst),
});

const accountRepository = (table: Table<Account>): AccountRepository => {
  const findByName = (name: string) => table.values().find((account) => account.name === name) ?? null;
  return {
    save(account) {
      const holder = findByName(account.name);
      if (holder !== null && holder.id !== account.id) {
        return Promise.reject(new StoreError('CONFLICT', `The account name ${account.name} is taken.`));
      }
      return table.save(account);
    },
    findByName,
    find: (id) => table.get(id),
    count: () => table.size,
  };
};

const tokenRepository = (
  access: Table<AccessTokenRecord>,
  control: Table<ControlTokenRecord>,
): TokenRepository => ({
  saveAccess: (token) => access.save(token),
  deleteAccess: (digests) => access.delete(digests),
  findAccess: (digest) => access.get(digest),
  allAccess: () => access.values(),
  saveControl: (token) => control.save(token),
  deleteControl: (digests) => control.delete(digests),
  findControl: (digest) => control.get(digest),
  allControl: () => control.values(),
});
