import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  readInteger,
  readJsonObject,
  readList,
  readOptionalBoolean,
  readOptionalInteger,
  readOptionalObject,
  readOptionalText,
  readPage,
  readSwitch,
  readText,
} from './request-readers.ts';

const throws = (code: string, call: () => unknown) => assert.throws(call, { code });

test('readJsonObject takes an object with white space around it', () => {
  assert.deepEqual(readJsonObject(' {"status":1}\n'), { status: 1 });
});

test('readJsonObject tells a missing body from one that is no object', () => {
  for (const body of [undefined, null, '', ' \r\n\t']) {
    throws('BODY_MISSING', () => readJsonObject(body));
  }
  for (const body of ['{', 'status=1', '[]', '"text"', '1', 'null', '{"a":1}x']) {
    throws('BODY_NOT_JSON', () => readJsonObject(body));
  }
});

test('readSwitch takes 0 and 1 as numbers or strings and nothing else', () => {
  assert.equal(readSwitch({ status: 1 }, 'status'), true);
  assert.equal(readSwitch({ status: '1' }, 'status'), true);
  assert.equal(readSwitch({ status: 0 }, 'status'), false);
  assert.equal(readSwitch({ status: '0' }, 'status'), false);
  for (const value of [undefined, null, 2, -1, true, false, '', ' 1', '01', [1], { status: 1 }, 0.5]) {
    throws('SWITCH_OUT_OF_RANGE', () => readSwitch({ status: value }, 'status'));
  }
});

test('inherited members are not fields', () => {
  throws('PARAMETER_INVALID', () => readText({}, 'constructor', { maxLength: 99 }));
  assert.equal(readOptionalObject({}, '__proto__'), null);
});

test('readInteger keeps to its range and takes decimal strings', () => {
  const rule = { min: 15, max: 1440, code: 'MEETING_LENGTH_OUT_OF_RANGE' } as const;
  assert.equal(readInteger({ length: 15 }, 'length', rule), 15);
  assert.equal(readInteger({ length: '1440' }, 'length', rule), 1440);
  for (const value of [14, 1441, 30.5, '30.5', '0x1e', '', null, Number.NaN, true]) {
    throws('MEETING_LENGTH_OUT_OF_RANGE', () => readInteger({ length: value }, 'length', rule));
  }
  assert.equal(readOptionalInteger({ length: null }, 'length', rule), null);
  assert.equal(readOptionalInteger({ length: '' }, 'length', rule), null);
});

test('readText refuses blank text and tells what is too long', () => {
  const rule = { maxLength: 3, code: 'NAME_EMPTY', tooLongCode: 'NAME_TOO_LONG' } as const;
  assert.equal(readText({ name: 'abc' }, 'name', rule), 'abc');
  throws('NAME_EMPTY', () => readText({ name: '  ' }, 'name', rule));
  throws('NAME_EMPTY', () => readText({ name: 5 }, 'name', rule));
  throws('NAME_TOO_LONG', () => readText({ name: 'abcd' }, 'name', rule));
  assert.equal(readOptionalText({ name: '' }, 'name', rule), '');
  assert.equal(readOptionalText({}, 'name', rule), null);
});

test('readOptionalBoolean takes the forms that query strings and loose clients use', () => {
  const read = (value: unknown) => readOptionalBoolean({ all: value }, 'all');
  assert.deepEqual([true, 'true', 1].map(read), [true, true, true]);
  assert.deepEqual([false, 'false', 0].map(read), [false, false, false]);
  assert.deepEqual([undefined, null].map(read), [null, null]);
  throws('PARAMETER_INVALID', () => read('yes'));
});

test('readList wants at least one item and at most as many as said', () => {
  assert.deepEqual(readList({ ids: ['a'] }, 'ids', 2), ['a']);
  for (const value of [[], ['a', 'b', 'c'], 'a', undefined]) {
    throws('PARAMETER_INVALID', () => readList({ ids: value }, 'ids', 2));
  }
});

test('readPage has the documented defaults and limits', () => {
  assert.deepEqual(readPage({}), { offset: 0, limit: 20 });
  assert.deepEqual(readPage({ offset: '40', limit: '500' }), { offset: 40, limit: 500 });
  throws('PARAMETER_INVALID', () => readPage({ limit: '501' }));
  throws('PARAMETER_INVALID', () => readPage({ offset: '-1' }));
  throws('PARAMETER_INVALID', () => readPage({ offset: ['1', '2'] }));
});
