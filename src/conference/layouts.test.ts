import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { layoutOf } from '../../test/support/conference-builder.ts';
import { hasLargePane, paneCountOf, sameLayout } from './layouts.ts';

/** Every imageType of the contract that can be asked for. */
const names: readonly (readonly [number, readonly string[]])[] = [
  [1, ['Single']],
  [2, ['Two']],
  [3, ['Three', 'Three-2', 'Three-3', 'Three-4']],
  [4, ['Four', 'Four-2', 'Four-3']],
  [5, ['Five', 'Five-2']],
  [6, ['Six', 'Six-2', 'Six-3', 'Six-4', 'Six-5']],
  [7, ['Seven', 'Seven-2', 'Seven-3', 'Seven-4']],
  [8, ['Eight', 'Eight-2', 'Eight-3', 'Eight-4']],
  [9, ['Nine']],
  [10, ['Ten', 'Ten-2', 'Ten-3', 'Ten-4', 'Ten-5', 'Ten-6']],
  [13, ['Thirteen', 'Thirteen-2', 'Thirteen-3', 'Thirteen-4', 'Thirteen-5']],
  [16, ['Sixteen']],
  [17, ['Seventeen']],
  [25, ['Twenty-Five']],
];

describe('the panes of an imageType', () => {
  for (const [count, sameCount] of names) {
    test(`${sameCount.join(', ')}: ${count}`, () => {
      assert.deepEqual(
        sameCount.map(paneCountOf),
        sameCount.map(() => count),
      );
    });
  }

  const unknown = [
    '',
    'Custom',
    'Eleven',
    'three',
    'Three-1',
    'Three-5',
    'Three-22',
    'Three-',
    '-2',
    'Two-2',
    'Four-4',
    'Five-3',
    'Six-6',
    'Seven-5',
    'Eight-5',
    'Nine-2',
    'Ten-7',
    'Thirteen-6',
    'Twenty-Five-2',
    'Twenty',
    'constructor',
    'toString-2',
  ];
  for (const name of unknown) {
    test(`'${name}' is none`, () => assert.equal(paneCountOf(name), null));
  }
});

test('only where the panes are unequal is one of them the speaker’s', () => {
  const large = (imageType: string) => hasLargePane({ kind: 'automatic', imageType });
  assert.deepEqual(['Two', 'Four', 'Nine', 'Sixteen', 'Twenty-Five'].filter(large), []);
  const unequal = ['Single', 'Four-2', 'Six', 'Ten-3', 'Seventeen'];
  assert.deepEqual(unequal.filter(large), unequal);
});

test('layouts are the same where they show the same in the same panes', () => {
  const layout = layoutOf('Two', 'A', 'B');
  assert.ok(sameLayout(layout, structuredClone(layout)));
  assert.ok(!sameLayout(layout, layoutOf('Two', 'B', 'A')));
  assert.ok(!sameLayout(layout, { ...layout, switchSeconds: 20 }));
  assert.ok(!sameLayout(layout, null));
  assert.ok(sameLayout(null, null));
});
