import { byId } from './dom.ts';
import { localisePage, text } from './i18n.ts';
import type { JoinError } from './join.ts';
import { KeptPlace } from './join.ts';
import { type Identity, Meeting } from './meeting.ts';
import { type PageOptions, parsePageOptions } from './page-options.ts';

const ROOM_SLOTS = 4;

localisePage();
const options = parsePageOptions(location.search, location.hash, ROOM_SLOTS);
const form = byId('join-form', HTMLFormElement);
const conferenceField = byId('conference', HTMLInputElement);
const nameField = byId('name', HTMLInputElement);
const passwordField = byId('password', HTMLInputElement);
const formError = byId('form-error', HTMLElement);

const meeting = new Meeting({ ...options, opensCameraAtOnce: false }, (status, view, error) => {
  if (status === 'failed') showForm(failureText(error));
  else view.showNotice(text[status]);
});

function failureText(error: JoinError | undefined): string {
  return error?.reason === 'throttled' ? text.errorThrottled : text.errorRefused;
}

/** `data-state` is `form` only before the first try: a refused one stays `failed`. */
function showForm(message: string): void {
  formError.textContent = message;
  form.hidden = false;
  document.documentElement.dataset.state ??= 'form';
  const firstEmpty = [conferenceField, nameField, passwordField].find((field) => field.value === '');
  (firstEmpty ?? passwordField).focus();
}

function identity(conference: string, name: string, password: string): Identity {
  const audience = options.audience && { audience: true };
  const request = password === '' ? undefined : { name, password, ...audience };
  return { conference, key: name, name, request };
}

/** Somebody rung needs no password, and is called what the one who rang him said. */
function invitedIdentity(conference: string, { invitation, name }: PageOptions): Identity {
  return { conference, key: invitation, name, request: { invitation, ...(name !== '' && { name }) } };
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const conference = conferenceField.value.trim();
  const name = nameField.value.trim();
  // A reload finds the kept place again; the password stays out of the address.
  const address = new URL(location.href);
  address.searchParams.set('conference', conference);
  address.searchParams.set('name', name);
  history.replaceState(null, '', address);
  form.hidden = true;
  meeting.start(identity(conference, name, passwordField.value));
});

conferenceField.value = options.conference;
nameField.value = options.name;
passwordField.value = options.password;
const { conference, name, password } = options;
const invited = conference !== '' && options.invitation !== '';
const named = conference !== '' && name !== '';
if (invited) {
  meeting.start(invitedIdentity(conference, options));
} else if (named && (password !== '' || new KeptPlace(conference, name).read())) {
  meeting.start(identity(conference, name, password));
} else {
  showForm('');
}
