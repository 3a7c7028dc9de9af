-- The configuration tables themselves are made from the catalog. These are its history.

-- One row: the identity of this configuration, the version of the catalog its tables were made from, and the key of its
-- last transaction. The key is raised by the last statement of each transaction: keys are dense and in commit order.
CREATE TABLE Config_Identity (
  OnlyRow INTEGER NOT NULL PRIMARY KEY CHECK (OnlyRow = 1),
  FeedID ${text:64} NOT NULL,
  SchemaVersion INTEGER NOT NULL,
  RecoveryKey BIGINT NOT NULL
);

-- One row per start: its epoch of the config feed, and the recovery key it began at, that of the transaction before.
CREATE TABLE Config_Epoch (
  Epoch BIGINT NOT NULL PRIMARY KEY,
  FirstSequence BIGINT NOT NULL
);

-- One row per configuration transaction.
CREATE TABLE Config_Message_Log (
  RecoveryKey BIGINT NOT NULL PRIMARY KEY,
  PreviousKey BIGINT NOT NULL,
  TransactionID ${text:128} NOT NULL UNIQUE,
  Author ${text:128} NOT NULL,
  -- Add, Update or Delete, and the table, when all changes have it in common.
  LogOperation ${text:16},
  TableName ${text:128},
  -- UTC ms.
  LoggedAt BIGINT NOT NULL,
  ConfigMessage ${binary} NOT NULL
);

-- The next id of each key column. Ids are never given again.
CREATE TABLE Config_Next_ID (
  KeyColumn ${text:128} NOT NULL PRIMARY KEY,
  NextID INTEGER NOT NULL
);
