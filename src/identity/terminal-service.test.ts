import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { TerminalService } from './terminal-service.ts';

const create = () => {
  const store = createMemoryStore();
  return { store, service: new TerminalService({ terminals: store.terminals, now: () => 1 }) };
};

describe('registering a terminal', () => {
  it('keeps what was given and assigns a number and an account', async () => {
    const { service } = create();
    const details = { country: 'CN', prjCodeMode: 1 };
    const terminal = await service.register({ name: 'Room', model: 'TE20', serialNumber: 'SN-1', details });
    assert.match(terminal.number, /^\+99\d{10}$/);
    assert.equal(terminal.account, terminal.number.slice(1));
    assert.deepEqual(service.find('SN-1'), terminal);
    assert.deepEqual([terminal.enabled, terminal.details], [true, details]);
  });

  it('makes a serial number where none is given', async () => {
    const { service } = create();
    const { serialNumber } = await service.register({ name: 'Room', model: 'TE20' });
    assert.match(serialNumber, /^[0-9A-F]{20}$/);
  });

  it('refuses a taken serial number, also within one turn', async () => {
    const { service } = create();
    const registration = { name: 'Room', model: 'TE20', serialNumber: 'SN-1' };
    const results = await Promise.allSettled([
      service.register(registration),
      service.register(registration),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    await assert.rejects(service.register(registration), { code: 'TERMINAL_EXISTS' });
  });
});

describe('listing terminals', () => {
  it('filters by key and model and cuts pages', async () => {
    const { service } = create();
    for (const [name, model, serialNumber] of [
      ['East room', 'TE20', 'A1'],
      ['West room', 'TE20', 'A2'],
      ['Lobby', 'Bar 300', 'B1'],
    ] as const) {
      await service.register({ name, model, serialNumber });
    }
    const names = (query: object) => {
      const { count, terminals } = service.list({ offset: 0, limit: 20, ...query });
      return [count, ...terminals.map(({ name }) => name)];
    };
    assert.deepEqual(names({}), [3, 'East room', 'West room', 'Lobby']);
    assert.deepEqual(names({ searchKey: 'ROOM' }), [2, 'East room', 'West room']);
    assert.deepEqual(names({ searchKey: 'b1' }), [1, 'Lobby']);
    assert.deepEqual(names({ model: 'TE20', offset: 1, limit: 1 }), [2, 'West room']);
    assert.deepEqual(names({ model: 'TE2' }), [0]);
  });
});

describe('activation codes', () => {
  const register = async () => {
    const { service, store } = create();
    await service.register({ name: 'Room', model: 'TE20', serialNumber: 'SN-1' });
    return { service, store };
  };

  it('can be typed, and are right in small letters, without dashes and with look-alikes', async () => {
    const { service, store } = await register();
    const code = await service.renewActivationCode('SN-1');
    assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    assert.equal(service.verify('SN-1', code)?.serialNumber, 'SN-1');
    const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    assert.notEqual(service.verify('SN-1', typed), null);
    assert.equal(JSON.stringify(store.terminals.all()).includes(code), false);
  });

  it('are wrong once a newer one was made', async () => {
    const { service } = await register();
    const first = await service.renewActivationCode('SN-1');
    const second = await service.renewActivationCode('SN-1');
    assert.equal(service.verify('SN-1', first), null);
    assert.notEqual(service.verify('SN-1', second), null);
  });

  it('are wrong before one was made, for another terminal, unknown or disabled', async () => {
    const { service, store } = await register();
    assert.equal(service.verify('SN-1', ''), null);
    assert.equal(service.verify('SN-1', 'none'), null);
    const code = await service.renewActivationCode('SN-1');
    assert.equal(service.verify('SN-2', code), null);
    const terminal = service.find('SN-1');
    assert.ok(terminal);
    await store.terminals.save({ ...terminal, enabled: false });
    assert.equal(service.verify('SN-1', code), null);
  });

  it('of unknown terminals cannot be made', async () => {
    const { service } = create();
    await assert.rejects(service.renewActivationCode('SN-9'), { code: 'TERMINAL_NOT_FOUND' });
  });
});
