import { setFlagsFromString } from 'node:v8';
import { runProcess } from '@lianpiao/shared/run-process';

/**
 * A station's machine is small: the engine keeps the space for young objects as it is at the start, instead of up to 100 MB
 * that reading the sources fills once and never gives back. Told before they are read.
 */
setFlagsFromString('--semi-space-growth-factor=1');
const { startAgent } = await import('./start-agent.ts');

await runProcess('agent', startAgent);
