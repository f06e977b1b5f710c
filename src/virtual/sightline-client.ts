import type { JoinRequest, JoinResponse } from '../signalling/protocol.ts';

/** An answer other than 2xx. */
export class ApiError extends Error {
  readonly status: number;
  /** The documented error_code, empty when the body has none. */
  readonly errorCode: string;

  constructor(status: number, errorCode: string, message: string) {
    super(`${status} ${errorCode} ${message}`);
    this.name = 'ApiError';
    this.status = status;
    this.errorCode = errorCode;
  }
}

export interface CreatedMeeting {
  readonly conferenceID: string;
  readonly hostPassword: string;
  readonly guestPassword: string;
}

/** Speaks the HTTP API as an integrator's program does; the demo, the tests and the benches use it. */
export class SightlineClient {
  readonly baseUrl: string;
  #accessToken = '';

  /** @param baseUrl such as `http://127.0.0.1:8080`, without a slash at the end */
  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  async login(account: string, password: string): Promise<void> {
    const basic = Buffer.from(`${account}:${password}`).toString('base64');
    const answer = await this.call('POST', '/v1/usg/acs/auth/account', {
      headers: { authorization: `Basic ${basic}` },
      body: { account, clientType: 72 },
    });
    this.#accessToken = textOf(answer, 'accessToken');
  }

  /** Creates a meeting that runs at once. */
  async createMeeting(subject: string, more: object = {}): Promise<CreatedMeeting> {
    const answer = await this.manage('POST', '/v1/mmc/management/conferences', {
      subject,
      mediaTypes: 'HDVideo',
      ...more,
    });
    const [info] = answer as [
      { conferenceID: string; passwordEntry: { conferenceRole: string; password: string }[] },
    ];
    const password = (role: string) =>
      info.passwordEntry.find((entry) => entry.conferenceRole === role)?.password ?? '';
    return {
      conferenceID: info.conferenceID,
      hostPassword: password('chair'),
      guestPassword: password('general'),
    };
  }

  /** Registers a terminal and gives it an activation code. */
  async registerTerminal(serialNumber: string, name: string, model = 'TE20'): Promise<string> {
    await this.manage('POST', '/v1/usg/dcs/corp/device', { name, model, sn: serialNumber });
    const answer = await this.manage('POST', `/sightline/v1/terminals/${serialNumber}/activation-code`);
    return textOf(answer, 'activationCode');
  }

  async join(conferenceID: string, who: JoinRequest): Promise<JoinResponse> {
    const answer = await this.call('POST', `/sightline/v1/conferences/${conferenceID}/join`, { body: who });
    return answer as JoinResponse;
  }

  async controlToken(conferenceID: string, password: string): Promise<string> {
    const answer = await this.call('GET', `/v1/mmc/control/conferences/token?conferenceID=${conferenceID}`, {
      headers: { 'x-password': password, 'x-login-type': '1' },
    });
    return textOf((answer as { data: unknown }).data, 'token');
  }

  /** One call with the account's token. */
  manage(method: string, path: string, body?: object): Promise<unknown> {
    return this.call(method, path, {
      headers: { 'x-access-token': this.#accessToken },
      ...(body && { body }),
    });
  }

  /** One control call, such as `control(token, 'PUT', 'lockView', {conferenceID, participantID}, body)`. */
  control(
    token: string,
    method: string,
    operation: string,
    query: Readonly<Record<string, string>>,
    body?: object,
  ): Promise<unknown> {
    const path = `/v1/mmc/control/conferences/${operation}?${new URLSearchParams(query)}`;
    return this.call(method, path, {
      headers: { 'x-conference-authorization': token },
      ...(body && { body }),
    });
  }

  /** @throws ApiError for every answer other than 2xx */
  async call(
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: object } = {},
  ): Promise<unknown> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: body ? { ...headers, 'content-type': 'application/json; charset=UTF-8' } : headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw apiError(response.status, text);
    return text === '' ? null : JSON.parse(text);
  }
}

const apiError = (status: number, text: string): ApiError => {
  try {
    const body = JSON.parse(text) as { error_code?: string; error_msg?: string };
    return new ApiError(status, body.error_code ?? '', body.error_msg ?? '');
  } catch {
    return new ApiError(status, '', text.slice(0, 200));
  }
};

const textOf = (value: unknown, field: string): string => {
  const text =
    typeof value === 'object' && value !== null
      ? Object.entries(value).find(([key]) => key === field)?.[1]
      : null;
  if (typeof text !== 'string') throw new Error(`the answer has no ${field}`);
  return text;
};
