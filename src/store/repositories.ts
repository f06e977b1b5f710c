import type { AccessTokenRecord, Account, ControlTokenRecord, Terminal } from '../identity/identity.ts';
import type { Meeting } from '../meetings/meeting.ts';
import type { GroupCommitWriter } from './group-commit-writer.ts';
import type { AccountRepository, MeetingRepository, Store, TokenRepository } from './store.ts';
import { StoreError } from './store-error.ts';
import { type RowStorage, Table } from './table.ts';

/** The rows behind the repositories. */
export interface RowStorages {
  readonly meetings: RowStorage<Meeting>;
  readonly accounts: RowStorage<Account>;
  readonly accessTokens: RowStorage<AccessTokenRecord>;
  readonly controlTokens: RowStorage<ControlTokenRecord>;
  readonly terminals: RowStorage<Terminal>;
}

/** The repositories of a store, over its rows and its one writer. */
export function createRepositories(
  rows: RowStorages,
  writer: GroupCommitWriter,
): Pick<Store, 'meetings' | 'accounts' | 'tokens' | 'terminals'> {
  const terminals = new Table<Terminal>((terminal) => terminal.serialNumber, rows.terminals, writer);
  return {
    meetings: meetingRepository(new Table<Meeting>((meeting) => meeting.id, rows.meetings, writer)),
    accounts: accountRepository(new Table<Account>((account) => account.id, rows.accounts, writer)),
    tokens: tokenRepository(
      new Table<AccessTokenRecord>((token) => token.digest, rows.accessTokens, writer),
      new Table<ControlTokenRecord>((token) => token.digest, rows.controlTokens, writer),
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
