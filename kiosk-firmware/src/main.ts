import { runProcess } from '@lianpiao/shared/run-process';
import { startKiosk } from './start-kiosk.ts';

await runProcess('kiosk', startKiosk);
