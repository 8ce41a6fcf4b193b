import { openStore, temporaryFolder } from '../support/store/store-folder.ts';
import { describeEventLog } from './event-log.ts';

describeEventLog('SQLite', async () => await openStore(temporaryFolder()));
