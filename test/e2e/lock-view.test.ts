import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import {
  type Colour,
  coloursOf,
  participantOf,
  waitForColour,
  waitForPlaceholder,
  waitForState,
} from '../support/browser.ts';
import { Stage } from './stage.ts';

interface ViewsAnswer {
  readonly viewers: readonly {
    readonly participantID: string;
    readonly reason: string;
    readonly picture: object;
    readonly slots: readonly { readonly source: string | null; readonly packets: number }[];
  }[];
}

/** Three publishers, one terminal, one more viewer, in real Chromium: the decoded pixels are what counts. */
describe('lockView, seen on the screens', () => {
  let stage: Stage;
  let red: Page;
  let green: Page;
  let blue: Page;
  let terminal: Page;
  let viewer: Page;

  before(async () => {
    stage = await Stage.open();
    red = await stage.room('Red', 'red', stage.meeting.hostPassword);
    green = await stage.room('Green', 'green');
    blue = await stage.room('Blue', 'blue');
    terminal = await stage.terminal('TE-1', 'yellow');
    viewer = await stage.room('Viewer', 'magenta');
  });

  after(() => stage.close());

  const shows = (page: Page, colour: Colour) => waitForColour(page, 0, colour, 10_000);

  /** Runs what must not touch the locked picture, and looks at every frame that came meanwhile. */
  const whileLockedOn = async (colour: Colour, act: () => Promise<unknown>): Promise<void> => {
    await shows(terminal, colour);
    const since = Date.now();
    await coloursOf(terminal, 0);
    await act();
    await shows(terminal, colour);
    const seen = await coloursOf(terminal, 0, since);
    assert.deepEqual([...new Set(seen.map((span) => span.colour))], [colour]);
  };

  const call = async (operation: string, page: Page) =>
    stage.control('PUT', operation, { participantID: await participantOf(page) });

  it('shows the first who joined to everybody while nothing is asked for', async () => {
    await shows(terminal, 'red');
    await shows(viewer, 'red');
  });

  it('switches the terminal to the named source and nobody else', async () => {
    await stage.lockView(terminal, green);
    await shows(terminal, 'green');
    await shows(viewer, 'red');
  });

  it('keeps the locked picture while somebody else speaks', async () => {
    await whileLockedOn('green', async () => {
      await blue.locator('[data-action="tone"]').click();
      await shows(viewer, 'blue');
    });
    await blue.locator('[data-action="tone"]').click();
  });

  it('keeps the locked picture through broadcast, roll call and a mode switch, which the others follow', async () => {
    await whileLockedOn('green', async () => {
      await call('participants/broadcast', red);
      await shows(viewer, 'red');
      await call('participants/rollCall', blue);
      await shows(viewer, 'blue');
      await stage.control('PUT', 'display/mode', {}, { switchMode: 'Fixed', imageType: 1 });
      await shows(viewer, 'red');
    });
  });

  it('lets the broadcast through when it is unlocked', async () => {
    await call('participants/broadcast', blue);
    await stage.lockView(terminal, green, 0);
    await shows(terminal, 'blue');
    await stage.control('PUT', 'cancelBroadcast');
  });

  it('shows a placeholder and never somebody else while the source has its camera off', async () => {
    await stage.lockView(terminal, green);
    await shows(terminal, 'green');
    await green.locator('[data-action="camera"]').click();
    await waitForPlaceholder(terminal, 0);
    await green.locator('[data-action="camera"]').click();
    await shows(terminal, 'green');
  });

  it('keeps the lock while the source drops and comes back', async () => {
    const identity = await participantOf(green);
    await green.reload();
    await waitForState(green, 'connected', 20_000);
    assert.equal(await participantOf(green), identity);
    await shows(terminal, 'green');
  });

  it('keeps the lock while the terminal page reloads', async () => {
    await terminal.reload();
    await waitForState(terminal, 'connected', 20_000);
    await shows(terminal, 'green');
    assert.equal(await terminal.locator('html').getAttribute('data-view-reason'), 'LOCK');
  });

  it('has the lock and the picture back after the server was killed and started again', async () => {
    await stage.server.kill();
    await stage.server.restart();
    await waitForState(terminal, 'connected', 20_000);
    await waitForColour(terminal, 0, 'green', 20_000);
    assert.equal(await terminal.locator('html').getAttribute('data-view-reason'), 'LOCK');
  });

  it('reports the decided view beside what is really sent', async () => {
    const answer = await stage.client.call(
      'GET',
      `/sightline/v1/conferences/${stage.meeting.conferenceID}/views`,
      { headers: { 'x-conference-authorization': stage.token } },
    );
    const { viewers } = answer as ViewsAnswer;
    const id = await participantOf(terminal);
    const own = viewers.find(({ participantID }) => participantID === id);
    assert.equal(own?.reason, 'LOCK');
    assert.deepEqual(own.picture, { kind: 'single', source: await participantOf(green) });
    assert.equal(own.slots[0]?.source, await participantOf(green));
    assert.ok((own.slots[0]?.packets ?? 0) > 0);
  });

  it('falls back to the derived view when the source leaves', async () => {
    await green.locator('[data-action="leave"]').click();
    await shows(terminal, 'red');
    assert.notEqual(await terminal.locator('html').getAttribute('data-view-reason'), 'LOCK');
  });
});
