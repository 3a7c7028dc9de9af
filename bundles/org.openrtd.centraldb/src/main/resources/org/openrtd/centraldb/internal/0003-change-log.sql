-- What the change log needs to be pruned, and to say what a row was before.

-- The rows that a transaction replaced or deleted, written as ConfigMessage is; NULL where that was not kept.
ALTER TABLE Config_Message_Log ADD COLUMN RowsBefore ${binary};

-- What an entry takes, roughly.
ALTER TABLE Config_Message_Log ADD COLUMN MessageBytes INTEGER DEFAULT 0 NOT NULL;

-- The ids of transactions whose entry was pruned: one that is sent again still takes effect once.
CREATE TABLE Config_Old_Transaction (
  TransactionID ${text:128} NOT NULL PRIMARY KEY,
  RecoveryKey BIGINT NOT NULL
);
CREATE INDEX IX_Config_Old_Transaction ON Config_Old_Transaction (RecoveryKey);

-- The last configuration transaction in the state. A start reads the change log from there on; NULL where it is not known.
ALTER TABLE Event_Checkpoint ADD COLUMN RecoveryKey BIGINT;
