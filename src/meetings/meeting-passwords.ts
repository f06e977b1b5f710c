import { newPasscode, type Sealer, sameSecret } from '../secrets.ts';
import type { Meeting } from './meeting.ts';

export interface PlainPasswords {
  readonly host: string;
  readonly guest: string;
}

/** Six random digits each, never the same. A wanted guest password is taken as it is. */
export function newPasswords(wantedGuest: string | null): PlainPasswords {
  const guest = wantedGuest ?? newPasscode();
  let host = newPasscode();
  while (host === guest) {
    host = newPasscode();
  }
  return { host, guest };
}

/** Checks meeting passwords with the same work whatever is wrong, an unknown meeting included. */
export class PasswordCheck {
  readonly #sealer: Sealer;
  readonly #decoy: Pick<Meeting, 'hostPassword' | 'guestPassword'>;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
    this.#decoy = { hostPassword: sealer.seal(newPasscode()), guestPassword: sealer.seal(newPasscode()) };
  }

  /** Whose password it is; null: neither's, or there is no meeting. */
  roleOf(meeting: Meeting | null, password: string): 'host' | 'guest' | null {
    const { hostPassword, guestPassword } = meeting ?? this.#decoy;
    const isHost = sameSecret(this.#sealer.open(hostPassword), password);
    const isGuest = sameSecret(this.#sealer.open(guestPassword), password);
    if (meeting === null) {
      return null;
    }
    return isHost ? 'host' : isGuest ? 'guest' : null;
  }
}
