-- What the real-time server acknowledged to gateways, in fold order. A row holds a block of consecutive entries.
CREATE TABLE Event_Log (
  FirstSequence BIGINT NOT NULL PRIMARY KEY,
  Entries INTEGER NOT NULL,
  -- UTC ms by this computer's clock; only pruning looks at it.
  LoggedAt BIGINT NOT NULL,
  Block ${binary} NOT NULL
);

-- The last entry of each gateway's runs, written in the transaction of the entry itself.
CREATE TABLE Event_Mark (
  Gateway ${text:128} NOT NULL,
  Run BIGINT NOT NULL,
  EventNumber BIGINT NOT NULL,
  LogSequence BIGINT NOT NULL,
  PRIMARY KEY (Gateway, Run)
);

-- The last two states folded from the log.
CREATE TABLE Event_Checkpoint (
  CheckpointNumber BIGINT NOT NULL PRIMARY KEY,
  LogSequence BIGINT NOT NULL,
  WrittenAt BIGINT NOT NULL,
  -- CRC-32C of the sequence and the state.
  Checksum BIGINT NOT NULL,
  State ${binary} NOT NULL
);
