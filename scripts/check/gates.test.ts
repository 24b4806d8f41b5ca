import { describe, expect, it } from 'vitest';
import { GATES, judge } from './gates.ts';

describe('a gate of the check', () => {
  const gate = GATES.find(({ name }) => name === 'biome');
  if (!gate) throw new Error('there is no biome gate');

  it('passes when its tool is content and has seen something', () => {
    expect(judge(gate, 0, 'Checked 132 files in 903ms.')).toEqual({ passed: true, remark: '132 files' });
  });

  it('fails when its tool fails, or cannot be started', () => {
    expect(judge(gate, 1, 'Checked 132 files in 903ms.').passed).toBe(false);
    expect(judge(gate, null, '').passed).toBe(false);
  });

  it('fails when its tool is content with nothing', () => {
    expect(judge(gate, 0, 'Checked 0 files in 3ms.').passed).toBe(false);
    expect(judge(gate, 0, '').passed).toBe(false);
  });
});
