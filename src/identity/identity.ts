import type { AccountId, MeetingId } from '../conference/ids.ts';

/** Somebody who may call the management API. */
export interface Account {
  readonly id: AccountId;
  /** The login name, 1 to 255 characters. */
  readonly name: string;
  readonly displayName: string;
  readonly role: 'administrator' | 'member';
  /** `scrypt$N$r$p$salt$hash`, base64url parts. */
  readonly passwordHash: string;
  readonly createdAtMs: number;
}

/** A registered room device; its participants are professional terminals. */
export interface Terminal {
  /** 1 to 64 characters; unique. */
  readonly serialNumber: string;
  readonly name: string;
  /** The device model as registered, such as "TE20". */
  readonly model: string;
  /** SIP-style number given at registration. */
  readonly number: string;
  readonly account: string;
  readonly enabled: boolean;
  /** SHA-256 of the current activation code, null before the first was made. */
  readonly activationDigest: string | null;
  /** Further documented device fields, kept as given (deptCode, phone, country, email, description, prjCodeMode). */
  readonly details: Readonly<Record<string, string | number>>;
  readonly createdAtMs: number;
}

export interface AccessTokenRecord {
  readonly digest: string;
  readonly account: AccountId;
  readonly clientType: number;
  readonly createdAtMs: number;
  /** When its life last began anew: at issue, renewal or keep-alive. */
  readonly refreshedAtMs: number;
  readonly expiresAtMs: number;
}

/** A token for the control operations of one meeting. */
export interface ControlTokenRecord {
  readonly digest: string;
  readonly meeting: MeetingId;
  /** `host` when the host password was shown, else `guest`. */
  readonly role: 'host' | 'guest';
  readonly createdAtMs: number;
  /** When its life last began anew: at issue, renewal or keep-alive. */
  readonly refreshedAtMs: number;
  readonly expiresAtMs: number;
}
