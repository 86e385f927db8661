/** The panels beside the maps, in the order of their tabs. A new one is a file and a line here. */

import { ColorsPanel } from "./colors.ts";
import { CurvePanel } from "./curve.ts";
import { GroupsPanel } from "./groups.ts";
import { LabelsPanel } from "./labels.ts";
import type { PanelClass } from "./panel.ts";

export const PANELS: readonly PanelClass[] = [ColorsPanel, LabelsPanel, GroupsPanel, CurvePanel];
