// SPDX-License-Identifier: LGPL-2.1-or-later

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export const median = values => quantile(values, 0.5);
export const worst = values => Math.max(...values);
export const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

// Rows of cells under a heading, in columns as wide as they need to be, as Markdown has them.
export function table(heading, rows) {
  const all = [heading, ...rows].map(row => row.map(String));
  const widths = heading.map((_, column) => Math.max(...all.map(row => (row[column] ?? '').length)));
  const line = row => `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`;
  return [line(all[0]), rule, ...all.slice(1).map(line)].join('\n');
}
