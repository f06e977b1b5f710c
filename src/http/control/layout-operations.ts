import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import {
  AUTOMATIC_LAYOUT,
  type Layout,
  type LayoutGrid,
  type ManualLayout,
  type Pane,
  paneCountOf,
} from '../../conference/layouts.ts';
import { requireControl } from '../../conference/permissions.ts';
import { AppError } from '../../errors.ts';
import { registerOperation } from '../operations.ts';
import {
  asObject,
  type JsonObject,
  readInteger,
  readJsonObject,
  readObjects,
  readOptionalBoolean,
  readOptionalInteger,
  readOptionalObject,
  readOptionalSwitch,
  readOptionalText,
  readText,
  readTexts,
} from '../request-readers.ts';
import type { ControlGuard } from './control-guard.ts';
import { registerControl } from './control-operation.ts';

const DEFAULT_SWITCH_SECONDS = 10;
const MAX_SITES_A_PANE = 100;
/** More than any layout has: an index too high has its own code. */
const MAX_PANES_NAMED = 100;
const MAX_LAYOUT_NAME_LENGTH = 96;
const MAX_GRID_SIZE = 100;

/** The continuous presence: customMultiPicture, the older multiPicture, and the layouts saved for the conference. */
export const registerLayoutOperations = (server: FastifyInstance, guard: ControlGuard): void => {
  registerControl(
    server,
    guard,
    'setCustomMultiPicture',
    'PUT /v1/mmc/control/conferences/display/customMultiPicture',
    {
      permission: requireControl,
      command: (request) => {
        const body = readJsonObject(request.body);
        const saveOnly = readOptionalBoolean(body, 'multiPicSaveOnly') ?? false;
        return { type: 'setLayout', layout: readLayout(body), saveOnly };
      },
    },
  );

  registerControl(server, guard, 'setMultiPicture', 'PUT /v1/mmc/control/conferences/display/multiPicture', {
    permission: requireControl,
    command: (request) => {
      return { type: 'setLayout', layout: readLayout(readJsonObject(request.body)), saveOnly: false };
    },
  });

  registerControl(server, guard, 'saveLayout', 'PUT /v1/mmc/control/conferences/layOut', {
    permission: requireControl,
    command: (request) => {
      const wire = readOptionalObject(readJsonObject(request.body), 'restPicLayout');
      if (!wire) throw new AppError('PARAMETER_INVALID', 'restPicLayout is missing');
      const name = readOptionalText(wire, 'layOutName', { maxLength: MAX_LAYOUT_NAME_LENGTH }) ?? '';
      const id = readOptionalText(wire, 'uuid', { maxLength: 64 }) || randomUUID();
      return { type: 'saveLayout', saved: { id, name, layout: readSavedPanes(wire) } };
    },
  });

  registerControl(server, guard, 'deleteLayout', 'DELETE /v1/mmc/control/conferences/layOut', {
    permission: requireControl,
    command: (request) => ({
      type: 'deleteLayout',
      id: readText(asObject(request.query), 'uuID', { maxLength: 64 }),
    }),
  });

  registerOperation(server, 'showLayout', 'GET /v1/mmc/control/conferences/layOut', (request) => {
    const { host, actor } = guard.authorise(request);
    requireControl(host.state, actor);
    const picLayouts = host.state.savedLayouts.map(({ id, name, layout }) => ({
      switchTime: layout.switchSeconds,
      picNum: layout.panes.length,
      layOutName: name,
      imageType: layout.imageType,
      uuid: id,
      subscriberInPics: layout.panes.map(({ sites, content }, at) => ({
        index: at + 1,
        id: sites,
        share: content ? 1 : 0,
      })),
    }));
    return { returnCode: 0, returnDesc: 'Success', picLayouts };
  });
};

/** @throws the documented code of what is wrong */
const readLayout = (body: JsonObject): Layout => {
  const manual = readInteger(body, 'manualSet', { min: 0, max: 1, code: 'LAYOUT_SET_OUT_OF_RANGE' }) === 1;
  if (!manual) return AUTOMATIC_LAYOUT;
  const grid = readGrid(body);
  return { ...readPanes(body, 'subscriber', 'isAssistStream', grid), ...(grid && { grid }) };
};

const readSavedPanes = (wire: JsonObject): ManualLayout => readPanes(wire, 'id', 'share', null);

/** @param grid a custom layout has a pane a cell of its grid, whatever its imageType says */
const readPanes = (
  fields: JsonObject,
  sitesField: string,
  contentField: string,
  grid: LayoutGrid | null,
): ManualLayout => {
  const imageType = readImageType(fields, grid);
  const count = grid ? grid.cells.length : (paneCountOf(imageType) ?? 0);
  const panes: Pane[] = Array.from({ length: count }, () => ({ sites: [], content: false }));
  const index = { min: 1, max: count, code: 'LAYOUT_PANE_UNKNOWN' } as const;
  for (const wire of readObjects(fields, 'subscriberInPics', MAX_PANES_NAMED)) {
    panes[readInteger(wire, 'index', index) - 1] = {
      sites: readTexts(wire, sitesField, MAX_SITES_A_PANE, 127),
      content: readOptionalSwitch(wire, contentField) ?? false,
    };
  }
  const time = { min: 10, max: 120, code: 'SWITCH_TIME_OUT_OF_RANGE' } as const;
  const switchSeconds = readOptionalInteger(fields, 'switchTime', time) ?? DEFAULT_SWITCH_SECONDS;
  return { kind: 'manual', imageType, panes, switchSeconds };
};

const readImageType = (fields: JsonObject, grid: LayoutGrid | null): string => {
  const rule = { maxLength: 32, code: 'LAYOUT_TYPE_MISSING', tooLongCode: 'LAYOUT_TYPE_UNKNOWN' } as const;
  if (grid) return readOptionalText(fields, 'imageType', rule) || 'Custom';
  const imageType = readText(fields, 'imageType', rule);
  if (paneCountOf(imageType) === null) {
    throw new AppError('LAYOUT_TYPE_UNKNOWN', 'imageType is none of the documented layouts');
  }
  return imageType;
};

/** picLayoutInfo: a grid of x by y, cut into cells. Null when there is none. */
const readGrid = (body: JsonObject): LayoutGrid | null => {
  const wire = readOptionalObject(body, 'picLayoutInfo');
  if (!wire) return null;
  const size = { min: 1, max: MAX_GRID_SIZE };
  const place = { min: 0, max: MAX_GRID_SIZE };
  const cells = readObjects(wire, 'subPicLayoutInfoList', 25).map((cell) => ({
    id: readInteger(cell, 'id', { min: 1, max: 25 }),
    left: readInteger(cell, 'left', place),
    top: readInteger(cell, 'top', place),
    width: readInteger(cell, 'xSize', size),
    height: readInteger(cell, 'ySize', size),
  }));
  if (cells.length === 0) return null;
  return { columns: readInteger(wire, 'x', size), rows: readInteger(wire, 'y', size), cells };
};
