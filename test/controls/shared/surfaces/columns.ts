/** The controls that look at content, or must not keep it, each with what it does to a text at the cells. */
import { auditColumns } from '../../audit/columns.ts';
import { redactionColumns } from '../../redaction/columns.ts';
import { secretsColumns } from '../../secrets/columns.ts';
import { tokenizationColumns } from '../../tokenization/columns.ts';
import { validationColumns } from '../../validation/columns.ts';
import type { Column } from './column.ts';

export const COLUMNS: readonly Column[] = [
  ...tokenizationColumns,
  ...redactionColumns,
  ...secretsColumns,
  ...validationColumns,
  ...auditColumns,
];
