-- One row: whose tables these are, and in whose local time instants are written.
CREATE TABLE Local_Database (
    ID INTEGER NOT NULL PRIMARY KEY,
    CatalogVersion INTEGER NOT NULL,
    ControllerZone VARCHAR(64)
);

-- How each table of the catalog was made, so that a start knows what has changed since.
CREATE TABLE Local_Table (
    TableName VARCHAR(128) NOT NULL PRIMARY KEY,
    Definition ${text:30000} NOT NULL
);

-- What the rows of a feed are a copy of; changes in the transaction of the rows.
CREATE TABLE Feed_Position (
    FeedName VARCHAR(64) NOT NULL PRIMARY KEY,
    FeedID VARCHAR(128) NOT NULL,
    FeedEpoch BIGINT NOT NULL,
    FeedSequence BIGINT NOT NULL,
    FeedTick BIGINT NOT NULL,
    ControllerTime TIMESTAMP,
    ControllerTimeUTC BIGINT NOT NULL,
    ConfigurationKey BIGINT NOT NULL,
    SchemaVersion INTEGER NOT NULL,
    Complete CHAR(1) NOT NULL,
    Progress VARCHAR(2000) NOT NULL,
    Epochs ${text:30000} NOT NULL
);

-- How a feed stands, said again and again by its writer. WrittenAt is by the database's own clock, so that no reader
-- compares it with another.
CREATE TABLE Feed_Lease (
    FeedName VARCHAR(64) NOT NULL PRIMARY KEY,
    FeedState VARCHAR(16) NOT NULL,
    Reason VARCHAR(1024) NOT NULL,
    NotCurrent CHAR(1) NOT NULL,
    AgeMillis BIGINT NOT NULL,
    WrittenAt TIMESTAMP NOT NULL,
    LeaseSeconds INTEGER NOT NULL
);
