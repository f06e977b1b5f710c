import { byId } from './dom.ts';
import { localisePage } from './i18n.ts';

localisePage();
const form = byId('join-form', HTMLFormElement);

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const value = (id: string): string => byId(id, HTMLInputElement).value.trim();
  const room = new URL('room', document.baseURI);
  room.search = new URLSearchParams({ conference: value('conference'), name: value('name') }).toString();
  // The fragment stays in the browser: the password reaches no log.
  room.hash = new URLSearchParams({ password: value('password') }).toString();
  location.assign(room);
});
