import { runProcess } from '@lianpiao/shared/run-process';
import { startAgent } from './start-agent.ts';

await runProcess('agent', startAgent);
