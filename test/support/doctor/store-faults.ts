import { GatepostError } from '../../../src/core/errors.ts';
import { answer, both, file, free, mode, type Row, storeOn, unit } from './plants.ts';

/** The disk, the log and the unit. */
export const STORE_ROWS: readonly Row[] = [
  [
    'a store in memory',
    storeOn('tmpfs'),
    ['fail', 'storage'],
    /on tmpfs: everything there is lost/,
    /overlay/,
  ],
  ['an overlay root', storeOn('overlay'), ['fail', 'storage'], /on overlay/, /raspi-config/],
  ['a store on the network', storeOn('nfs4'), ['fail', 'storage'], /on nfs4/, /local disk/],
  ['a full disk', free(40), ['fail', 'storage'], /Only 40 MiB/, /Make room/],
  ['a disk that fills', free(300), ['warn', 'storage'], /300 MiB/, /Make room/],
  [
    'a damaged log',
    (sick) => {
      sick.look = () => {
        throw new GatepostError('log.damaged', 'The log is damaged.');
      };
    },
    ['fail', 'log'],
    /damaged/,
    /Keep the files/,
  ],
  [
    'a unit that is not installed',
    answer('systemctl show', 'LoadState=not-found'),
    ['warn', 'service'],
    /not installed/,
    /scripts\/install/,
  ],
  [
    'a unit that failed',
    unit('ActiveState=active', 'ActiveState=failed'),
    ['fail', 'service'],
    /is failed/,
    /journalctl/,
  ],
  [
    'a unit that is not enabled',
    unit('=enabled', '=disabled'),
    ['warn', 'service'],
    /does not start with the machine/,
    /systemctl enable/,
  ],
  [
    'a unit that restarts',
    unit('NRestarts=0', 'NRestarts=7'),
    ['warn', 'service'],
    /restarted 7 times/,
    /journalctl/,
  ],
  [
    'a read-only file system',
    file('/proc/self/mountinfo', '22 1 179:2 / / ro,noatime shared:1 - ext4 /dev/root ro\n'),
    ['fail', 'storage'],
    /read-only, at \/\./,
    /remount,rw/,
  ],
  [
    'a disk without room for files',
    ({ machine }) => {
      machine.freeFiles = 12;
    },
    ['fail', 'storage'],
    /12 more files/,
    /inodes/,
  ],
  [
    'a card with errors',
    file('/sys/fs/ext4/mmcblk0p2/errors_count', '3\n'),
    ['fail', 'storage'],
    /mmcblk0p2 has had errors/,
    /change the card/,
  ],
  [
    'settings on an overlay',
    file(
      '/proc/self/mountinfo',
      '22 1 0:30 / / rw - overlay overlay rw\n40 22 179:3 / /var/lib/gatepost rw - ext4 /dev/mmcblk0p3 rw\n',
    ),
    ['warn', 'storage'],
    /\/etc is on overlay/,
    /raspi-config/,
  ],
  [
    'a log that everybody may read',
    mode('/var/lib/gatepost/gatepost.db', 0o644),
    ['warn', 'log'],
    /Everybody.*gatepost\.db/,
    /chmod 600/,
  ],
  [
    'a store that belongs to somebody else',
    file('/etc/passwd', 'gatepost:x:4321:4321::/:/bin/false'),
    ['fail', 'log'],
    /may not write \/var\/lib\/gatepost, /,
    /chown -R gatepost: /,
  ],
  [
    'a log that cannot be opened',
    (sick) => {
      sick.look = () => {
        throw new GatepostError('log.unavailable', 'disk I/O error');
      };
    },
    ['fail', 'log'],
    /I\/O error/,
    /Mend what it names/,
  ],
  ['a masked unit', unit('=loaded', '=masked'), ['fail', 'service'], /masked/, /unmask/],
  [
    'a unit that restarts all the time',
    unit('ActiveState=active\nSubState=running', 'ActiveState=activating\nSubState=auto-restart'),
    ['fail', 'service'],
    /activating \(auto-restart\)/,
    /journalctl/,
  ],
  [
    'a unit that was edited',
    unit('NRestarts=0', 'NeedDaemonReload=yes'),
    ['warn', 'service'],
    /changed since/,
    /daemon-reload/,
  ],
  [
    'a silent systemd',
    answer('systemctl show', undefined),
    ['warn', 'service'],
    /does not tell/,
    /systemctl status/,
  ],
  [
    'a store that the unit keeps read-only',
    (sick) => {
      sick.folder = '/data/gatepost';
    },
    ['fail', 'storage'],
    /does not let the service write to \/data\/gatepost/,
    /ReadWritePaths=\/data\/gatepost/,
  ],
  [
    'a watchdog that is off',
    both(file('/dev/watchdog', ''), unit('NRestarts=0', 'RuntimeWatchdogUSec=0')),
    ['warn', 'watchdog'],
    /watchdog is off/,
    /RuntimeWatchdogSec/,
  ],
];
