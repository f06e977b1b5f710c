import { accountId } from '../conference/ids.ts';
import type { Attendee } from '../conference/state.ts';
import { AppError } from '../errors.ts';
import type { AccountService } from '../identity/account-service.ts';
import {
  type JsonObject,
  readOptionalInteger,
  readOptionalSwitch,
  readOptionalText,
  readText,
} from './request-readers.ts';

/** SIP addresses, +country numbers and login names. */
const CALL_NUMBER = /^[\w.+@:-]+$/;

/** The documented Attendee of invitations. It is called now. @throws the documented code of the field that is wrong */
export const readInvitee = (wire: JsonObject, accounts: AccountService): Attendee => {
  const number = readCallNumber(wire, 'phone');
  return {
    number,
    name: readOptionalText(wire, 'name', { maxLength: 96, tooLongCode: 'NAME_TOO_LONG' }) || number,
    type: readOptionalText(wire, 'type', { maxLength: 32 }) || 'normal',
    account: accountOf(wire, number, accounts),
    role: readOptionalInteger(wire, 'role', { min: 0, max: 1 }) === 1 ? 'host' : 'guest',
    called: true,
  };
};

/** The documented RestAttendeeDTO of scheduled meetings: called when the meeting starts if isAutoInvite is 1. */
export const readScheduledAttendee = (wire: JsonObject, accounts: AccountService): Attendee => ({
  ...readInvitee(wire, accounts),
  called: readOptionalSwitch(wire, 'isAutoInvite') ?? false,
});

/** A number to call: 1 to 127 characters. @throws CALL_NUMBER_EMPTY, CALL_NUMBER_TOO_LONG, CALL_NUMBER_ILLEGAL */
export const readCallNumber = (fields: JsonObject, field: string): string => {
  const rule = { maxLength: 127, code: 'CALL_NUMBER_EMPTY', tooLongCode: 'CALL_NUMBER_TOO_LONG' } as const;
  const number = readText(fields, field, rule).trim();
  if (!CALL_NUMBER.test(number)) {
    throw new AppError('CALL_NUMBER_ILLEGAL', `${field} is neither a SIP address nor a number`);
  }
  return number;
};

/** The account that is meant, by userUUID or accountId, or by its login name in the place of a number. */
const accountOf = (wire: JsonObject, number: string, accounts: AccountService): string | null => {
  const uuid = readOptionalText(wire, 'userUUID', { maxLength: 64 }) ?? '';
  const name = readOptionalText(wire, 'accountId', { maxLength: 255 }) ?? '';
  const account = accounts.find(accountId(uuid)) ?? accounts.findByName(name) ?? accounts.findByName(number);
  return account?.name ?? null;
};
