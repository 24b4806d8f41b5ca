import { runProcess } from '@lianpiao/shared/run-process';
import { startHub } from './start-hub.ts';

await runProcess('hub', startHub);
