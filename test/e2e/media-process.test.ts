import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { type Colour, participantOf, waitForColour } from '../support/browser.ts';
import { Stage } from './stage.ts';

const BACK_WITHIN_MS = 5000;

describe('the media process is killed while four people meet', () => {
  let stage: Stage;
  let red: Page;
  let green: Page;
  let blue: Page;
  let terminal: Page;

  before(async () => {
    stage = await Stage.open();
    red = await stage.room('Red', 'red', stage.meeting.hostPassword);
    green = await stage.room('Green', 'green');
    blue = await stage.room('Blue', 'blue');
    terminal = await stage.terminal('TE-1', 'yellow');
    await stage.lockView(terminal, green);
    await expectPictures('green');
  });

  after(() => stage.close());

  /** Everybody sees the first who joined other than himself; the terminal what it is locked on. */
  const expectPictures = async (locked: Colour): Promise<void> => {
    const expected = [
      [red, 'green'],
      [green, 'red'],
      [blue, 'red'],
      [terminal, locked],
    ] as const;
    await Promise.all(expected.map(([page, colour]) => waitForColour(page, 0, colour, BACK_WITHIN_MS)));
  };

  it('has the pictures and the lock back within 5 s, for the same participants', async () => {
    const before = await participantOf(terminal);
    const reopened = terminal.waitForRequest(/\/whep$/, { timeout: BACK_WITHIN_MS });
    process.kill(await mediaProcessOf(stage.server.processId), 'SIGKILL');
    await reopened;
    await expectPictures('green');
    assert.equal(await participantOf(terminal), before);
    assert.equal(await terminal.locator('html').getAttribute('data-view-reason'), 'LOCK');
  });

  it('loses no command that is given meanwhile', async () => {
    process.kill(await mediaProcessOf(stage.server.processId), 'SIGKILL');
    await stage.lockView(terminal, blue);
    await stage.control(
      'PUT',
      'participants/mute',
      { participantID: await participantOf(green) },
      { isMute: 1 },
    );
    await expectPictures('blue');
    const info = await stage.control('GET', 'realTimeInfo');
    const { participants } = info as { participants: { pid: string; mute: number }[] };
    const id = await participantOf(green);
    assert.equal(participants.find(({ pid }) => pid === id)?.mute, 1);
  });
});

/** The one child of the server. */
const mediaProcessOf = async (server: number): Promise<number> => {
  const children = await readFile(`/proc/${server}/task/${server}/children`, 'utf8');
  const [child] = children.trim().split(' ').map(Number);
  if (!child) throw new Error('the server has no media process');
  return child;
};
