import type { Browser, Page } from 'playwright-core';
import type { CreatedMeeting, SightlineClient } from '../../src/virtual/sightline-client.ts';
import { openBrowser, participantOf, waitForState } from '../support/browser.ts';
import { ServerProcess } from '../support/server-process.ts';

export interface StageOptions {
  /** SIGHTLINE_… variables of the server. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A server process, a running meeting and real browsers in it: what the end-to-end tests play on. */
export class Stage {
  readonly server: ServerProcess;
  readonly browser: Browser;
  readonly client: SightlineClient;
  readonly meeting: CreatedMeeting;
  /** The host's control token. */
  readonly token: string;

  private constructor(
    server: ServerProcess,
    browser: Browser,
    client: SightlineClient,
    meeting: CreatedMeeting,
    token: string,
  ) {
    this.server = server;
    this.browser = browser;
    this.client = client;
    this.meeting = meeting;
    this.token = token;
  }

  static async open({ settings = {} }: StageOptions = {}): Promise<Stage> {
    const server = await ServerProcess.start(settings);
    const client = await server.client();
    const meeting = await client.createMeeting('Stage');
    const token = await client.controlToken(meeting.conferenceID, meeting.hostPassword);
    return new Stage(server, await openBrowser(), client, meeting, token);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.close();
  }

  /** A room page that publishes a moving test card of a colour. */
  room(name: string, colour: string, password = this.meeting.guestPassword): Promise<Page> {
    return this.#page('room', { name, password, camera: `test:${colour}`, slots: '2' });
  }

  /** A registered terminal's page with one slot, publishing a colour. */
  async terminal(serialNumber: string, colour: string): Promise<Page> {
    const code = await this.client.registerTerminal(serialNumber, `Terminal ${serialNumber}`);
    return this.#page('terminal', { sn: serialNumber, code, camera: `test:${colour}` });
  }

  /** A control call with the host's token. */
  control(
    method: string,
    operation: string,
    query: Readonly<Record<string, string>> = {},
    body?: object,
  ): Promise<unknown> {
    return this.client.control(
      this.token,
      method,
      operation,
      { conferenceID: this.meeting.conferenceID, ...query },
      body,
    );
  }

  /** lockView: `viewer` is locked on `source`, or unlocked. */
  async lockView(viewer: Page, source: Page, status: 0 | 1 = 1): Promise<void> {
    const body = { status, participantID: await participantOf(source) };
    await this.control('PUT', 'lockView', { participantID: await participantOf(viewer) }, body);
  }

  async #page(path: string, query: Readonly<Record<string, string>>): Promise<Page> {
    const context = await this.browser.newContext();
    const page = await context.newPage();
    const parameters = new URLSearchParams({ conference: this.meeting.conferenceID, ...query });
    await page.goto(`${this.server.url}/${path}?${parameters}`);
    await waitForState(page, 'connected', 20_000);
    return page;
  }
}
