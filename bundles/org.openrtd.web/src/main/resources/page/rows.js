/**
 * The rows that a stream tells of (docs/web-api.md): `snapshot`, `rows`, `state` and `heartbeat` events come in, and
 * whoever listens hears which rows have changed. One event is taken whole before anybody hears of it.
 */

/** What tells the rows of each table apart. */
export const KEYS = {
  Call_Type_Real_Time: ['CallTypeID'],
  Skill_Group_Real_Time: ['SkillTargetID'],
  Peripheral_Real_Time: ['PeripheralID'],
  Controller_Time: ['ControllerID'],
  Agent_Real_Time: ['SkillTargetID', 'MRDomainID'],
  Agent: ['SkillTargetID'],
  Agent_Team: ['AgentTeamID'],
  Agent_Team_Member: ['AgentTeamID', 'SkillTargetID'],
  Call_Type: ['CallTypeID'],
  Media_Routing_Domain: ['MRDomainID'],
  Peripheral: ['PeripheralID'],
  Person: ['PersonID'],
  Reason_Code: ['ReasonCodeID'],
  Skill_Group: ['SkillTargetID'],
  Skill_Group_Member: ['SkillGroupSkillTargetID', 'AgentSkillTargetID'],
};

export class Rows {
  #tables = new Map();
  #listener;

  /** @param {(changed: Map<string, Set<string>|null>) => void} listener hears of each event the keys of the rows that
   *     changed, by table; null when all of a table's rows are new */
  constructor(listener = () => {}) {
    this.#listener = listener;
    for (const table of Object.keys(KEYS)) this.#tables.set(table, new Map());
  }

  /** The rows of a table by key; a live view. */
  table(name) {
    return this.#tables.get(name);
  }

  row(name, key) {
    return this.#tables.get(name).get(String(key));
  }

  /** Forgets all rows. */
  clear() {
    for (const table of this.#tables.keys()) this.#tables.set(table, new Map());
    this.#listener(new Map([...this.#tables.keys()].map((table) => [table, null])));
  }

  /** @param {{tables: Record<string, object[]>}} snapshot */
  snapshot(snapshot) {
    const changed = new Map();
    for (const [name, rows] of Object.entries(snapshot.tables ?? {})) {
      if (!KEYS[name]) continue;
      const table = new Map();
      for (const row of rows) table.set(keyOf(name, row), row);
      this.#tables.set(name, table);
      changed.set(name, null);
    }
    this.#listener(changed);
  }

  /** @param {{tables: Record<string, {put?: object[], delete?: object[]}>}} event */
  rows(event) {
    const changed = new Map();
    for (const [name, { put = [], delete: gone = [] }] of Object.entries(event.tables ?? {})) {
      if (!KEYS[name]) continue;
      const table = this.#tables.get(name);
      const keys = new Set();
      for (const row of gone) {
        const key = keyOf(name, row);
        table.delete(key);
        keys.add(key);
      }
      for (const row of put) {
        const key = keyOf(name, row);
        const known = table.get(key);
        if (known) Object.assign(known, row);
        else table.set(key, row);
        keys.add(key);
      }
      if (keys.size) changed.set(name, keys);
    }
    if (changed.size) this.#listener(changed);
  }
}

export function keyOf(table, row) {
  const key = KEYS[table];
  return key.length === 1 ? String(row[key[0]]) : key.map((column) => row[column]).join('/');
}
