import { randomInt, randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import { digest, sameSecret } from '../secrets.ts';
import type { TerminalRepository } from '../store/store.ts';
import { canonicalActivationCode, newActivationCode } from './activation-code.ts';
import type { Terminal } from './identity.ts';

export interface TerminalServiceOptions {
  readonly terminals: TerminalRepository;
  /** Unix ms. */
  readonly now: () => number;
}

export interface TerminalRegistration {
  readonly name: string;
  readonly model: string;
  /** One is made when it is absent. */
  readonly serialNumber?: string;
  /** Default true. */
  readonly enabled?: boolean;
  readonly details?: Terminal['details'];
}

export interface TerminalQuery {
  /** From 0. */
  readonly offset: number;
  readonly limit: number;
  /** Part of the name, serial number or number, in any case. */
  readonly searchKey?: string;
  /** The whole model. */
  readonly model?: string;
}

export interface TerminalPage {
  /** Terminals that match, on all pages. */
  readonly count: number;
  readonly terminals: readonly Terminal[];
}

/** Compared with when there is nothing to compare with; no code has it. */
const NO_DIGEST = 'none';

/** The registered room devices. */
export class TerminalService {
  readonly #terminals: TerminalRepository;
  readonly #now: () => number;

  constructor({ terminals, now }: TerminalServiceOptions) {
    this.#terminals = terminals;
    this.#now = now;
  }

  /** Fails with TERMINAL_EXISTS when the serial number is taken. */
  async register(registration: TerminalRegistration): Promise<Terminal> {
    const { name, model, enabled = true, details = {} } = registration;
    const serialNumber = registration.serialNumber ?? newSerialNumber();
    if (this.#terminals.find(serialNumber) !== null) {
      throw new AppError('TERMINAL_EXISTS', `A terminal with serial number ${serialNumber} exists.`);
    }
    const number = this.#freeNumber();
    const terminal: Terminal = {
      serialNumber,
      name,
      model,
      number,
      account: number.slice(1),
      enabled,
      activationDigest: null,
      details,
      createdAtMs: this.#now(),
    };
    await this.#terminals.save(terminal);
    return terminal;
  }

  find(serialNumber: string): Terminal | null {
    return this.#terminals.find(serialNumber);
  }

  findByNumber(number: string): Terminal | null {
    return this.#terminals.all().find((terminal) => terminal.number === number) ?? null;
  }

  /** In order of registration. */
  list({ offset, limit, searchKey = '', model }: TerminalQuery): TerminalPage {
    const key = searchKey.toLowerCase();
    const matching = this.#terminals
      .all()
      .filter((terminal) => model === undefined || terminal.model === model)
      .filter(({ name, serialNumber, number }) =>
        [name, serialNumber, number].some((text) => text.toLowerCase().includes(key)),
      );
    return { count: matching.length, terminals: matching.slice(offset, offset + limit) };
  }

  /** A new activation code; the one before ends. Fails with TERMINAL_NOT_FOUND. */
  async renewActivationCode(serialNumber: string): Promise<string> {
    const terminal = this.#terminals.find(serialNumber);
    if (terminal === null) throw new AppError('TERMINAL_NOT_FOUND', `No terminal ${serialNumber}.`);
    const code = newActivationCode();
    await this.#terminals.save({ ...terminal, activationDigest: digest(canonicalActivationCode(code)) });
    return code;
  }

  /**
   * The terminal when the code is its current one and it is enabled, else null, with the same work whatever was
   * wrong. Count wrong tries with an AttemptLimiter.
   */
  verify(serialNumber: string, activationCode: string): Terminal | null {
    const terminal = this.#terminals.find(serialNumber);
    const shown = digest(canonicalActivationCode(activationCode));
    const right = sameSecret(shown, terminal?.activationDigest ?? NO_DIGEST);
    return right && terminal?.enabled === true ? terminal : null;
  }

  #freeNumber(): string {
    const taken = new Set(this.#terminals.all().map(({ number }) => number));
    let number = newNumber();
    while (taken.has(number)) number = newNumber();
    return number;
  }
}

const newSerialNumber = () => randomUUID().replaceAll('-', '').slice(0, 20).toUpperCase();

/** As the vendor's: +99 and ten digits. */
const newNumber = () => `+99${String(randomInt(10 ** 10)).padStart(10, '0')}`;
