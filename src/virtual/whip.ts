/** Opens a WHIP (RFC 9725) or WHEP resource over HTTP and closes it again. */
export class WhipResource {
  readonly url: string;
  /** Entity tag of the ICE session, for PATCH. */
  readonly etag: string | null;
  readonly #token: string;

  private constructor(url: string, etag: string | null, token: string) {
    this.url = url;
    this.etag = etag;
    this.#token = token;
  }

  /** Posts the offer; the answer comes with the resource. */
  static async post(
    url: string,
    token: string,
    offer: string,
  ): Promise<{ resource: WhipResource; answer: string }> {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/sdp',
        accept: 'application/sdp',
      },
      body: offer,
    });
    const answer = await response.text();
    if (response.status !== 201)
      throw new Error(`${url} answered ${response.status}: ${answer.slice(0, 200)}`);
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${url} answered without a Location.`);
    // The Location may be relative (RFC 9110 section 10.2.2).
    const resource = new WhipResource(new URL(location, url).href, response.headers.get('etag'), token);
    return { resource, answer };
  }

  /** Ends the session; one that is gone already is fine. */
  async delete(): Promise<void> {
    const response = await fetch(this.url, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${this.#token}` },
    });
    await response.arrayBuffer();
  }
}
