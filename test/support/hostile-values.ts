/** A value with what a failure calls it. */
export type Named<Value> = readonly [name: string, value: Value];

const TOO_LONG = 10_000;
const MANY = 2_000;
const DEEP = 1_000;

export const hostileTexts: readonly Named<string>[] = [
  ['empty', ''],
  ['blank', '  \t '],
  ['text', 'text'],
  ['too long', 'x'.repeat(TOO_LONG)],
  ['SQL', "'; DROP TABLE meetings; --"],
  ['SQL truth', '1 OR 1=1'],
  ['path traversal', '../../../../etc/passwd'],
  ['Windows path', '..\\..\\data\\secret.key'],
  ['NUL', '\u0000'],
  ['NUL inside', '1\u00002'],
  ['line breaks', '1\r\nSet-Cookie: a=b'],
  ['emoji', '😀'.repeat(33)],
  ['right to left', '\u202etxt.exe'],
  ['combining', `e${'\u0301'.repeat(200)}`],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['toString', 'toString'],
  ['markup', '<script>alert(1)</script>'],
  ['template', '{{7*7}}%s%n$(id)'],
  ['percent', '%00%2e%2e%2f'],
  ['-1', '-1'],
  ['0', '0'],
  ['1', '1'],
  ['2', '2'],
  ['1.5', '1.5'],
  ['1e9', '1e9'],
  ['0x1', '0x1'],
  ['+1', '+1'],
  ['a full-width digit', '１'],
  ['many digits', '9'.repeat(40)],
  ['true', 'true'],
  ['null', 'null'],
  ['NaN', 'NaN'],
  ['a list', '[]'],
  ['an object', '{}'],
];

export const hostileValues: readonly Named<unknown>[] = [
  ...hostileTexts.map(([name, text]): Named<unknown> => [`the text ${name}`, text]),
  ['a lone high surrogate', '\ud800'],
  ['a lone low surrogate', 'a\udfffb'],
  ['null', null],
  ['true', true],
  ['false', false],
  ['-1', -1],
  ['0', 0],
  ['1', 1],
  ['2', 2],
  ['1e9', 1e9],
  ['1.5', 1.5],
  ['2 to the 53rd', 2 ** 53],
  ['1e308', 1e308],
  ['an empty list', []],
  ['a list of null', [null]],
  ['a list of lists', [[], [[]]]],
  ['an empty object', {}],
  ['an object like a function', { toString: 1, valueOf: null, length: 3 }],
  ['a list like a text', ['text']],
  ['deep lists', nested((inner) => [inner])],
  ['deep objects', nested((inner) => ({ a: inner }))],
  ['many texts', Array.from({ length: MANY }, (_, index) => `text-${index}`)],
  ['many numbers', Array.from({ length: MANY }, (_, index) => index)],
  ['many nulls', Array.from({ length: MANY }, () => null)],
];

/** Whole bodies that are no JSON object. */
export const hostileBodies: readonly Named<string | Buffer>[] = [
  ['empty', ''],
  ['blank', ' \r\n '],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '12'],
  ['a text', '"text"'],
  ['an empty list', '[]'],
  ['a list of objects', '[{}]'],
  ['an empty object', '{}'],
  ['an open object', '{'],
  ['an open text', '{"a":"'],
  ['a trailing comma', '{"a":1,}'],
  ['single quotes', "{'a':1}"],
  ['NaN', '{"a":NaN}'],
  ['a comment', '/* a */ {}'],
  ['a form', 'status=1&participantID=2'],
  ['XML', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
  ['a NUL', '\u0000'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['deep lists', '['.repeat(100_000)],
  ['deep and closed lists', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['many lists', `[${'[],'.repeat(MANY)}[]]`],
];

/** Pieces of a query as they never leave a well-behaved client. */
export const hostileQueries: readonly Named<string>[] = [
  ['a lone percent', 'conferenceID=%'],
  ['no hexadecimal digits', 'conferenceID=%zz'],
  ['a surrogate in UTF-8', 'participantID=%ED%A0%80'],
  ['an overlong slash', 'participantID=%C0%AF'],
  ['only signs', '&&==&=&'],
  ['brackets', 'conferenceID[]=1&participantID[a][b]=1'],
  ['__proto__', '__proto__=1&__proto__[polluted]=1&constructor.prototype.polluted=1'],
  ['many', 'a=1&'.repeat(MANY)],
  ['question marks', '???conferenceID=1'],
];

function nested(wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = null;
  for (let depth = 0; depth < DEEP; depth += 1) value = wrap(value);
  return value;
}
