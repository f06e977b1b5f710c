import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conferenceId, endpointId, participantId } from '../../src/conference/ids.ts';
import { FakeMediaEngine } from '../support/fake-media-engine.ts';
import { fakeMediaHarness } from '../support/fake-media-harness.ts';
import { describeMediaEngine } from '../support/media-engine-contract.ts';
import { recordEvents } from '../support/media-events.ts';
import { publishingOffer } from '../support/media-offers.ts';

describeMediaEngine('fake', fakeMediaHarness());

test('the fake engine loses endpoints on demand', async () => {
  const engine = new FakeMediaEngine();
  const events = recordEvents(engine);
  const participant = participantId('p');
  const endpoint = endpointId('e');
  await engine.publish({ endpoint, conference: conferenceId('c'), participant, offer: publishingOffer() });
  engine.loseEndpoints();
  assert.deepEqual(events.all('endpoints.lost'), [{ type: 'endpoints.lost', endpoints: [endpoint] }]);
  assert.deepEqual(engine.endpointsOf(participant), []);
});
