import { Store } from 'mqtt';

/**
 * In place of the store in which mqtt.js keeps what is not acknowledged, to send it again over a later connection.
 * The event log is the queue, and every connection begins at its cursor.
 */
export class NoStore extends Store {
  override put(...[_packet, done]: Parameters<Store['put']>): this {
    done?.();
    return this;
  }

  override del(...[_packet, done]: Parameters<Store['del']>): this {
    done();
    return this;
  }
}
