/** The control calls of a participant's page: the participant token is a control token bound to him. */
export class ConferenceControl {
  readonly #conferenceID: string;
  readonly #token: string;

  constructor(conferenceID: string, token: string) {
    this.#conferenceID = conferenceID;
    this.#token = token;
  }

  raiseHand(participantID: string, raised: boolean): Promise<void> {
    return this.#put('participants/hands', { participantID }, { handsState: raised ? 1 : 0 });
  }

  /** @param participantID null lets in everybody who waits */
  admit(participantID: string | null): Promise<void> {
    return this.#put(
      'allowWaitingParticipant',
      {},
      participantID === null ? { allowAll: true } : { participantID },
    );
  }

  /** @throws Error when the server does not answer, or not with 2xx */
  async #put(operation: string, query: Readonly<Record<string, string>>, body: object): Promise<void> {
    const url = new URL(`v1/mmc/control/conferences/${operation}`, document.baseURI);
    url.search = new URLSearchParams({ conferenceID: this.#conferenceID, ...query }).toString();
    const response = await fetch(url, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', 'X-Conference-Authorization': this.#token },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${operation} was answered ${response.status}`);
  }
}
