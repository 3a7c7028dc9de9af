-- What a feed's source says of itself: its site, and where configuration and history are to be had.
ALTER TABLE Feed_Lease ADD COLUMN Site VARCHAR(256);
ALTER TABLE Feed_Lease ADD COLUMN ConfigurationAt VARCHAR(256);
ALTER TABLE Feed_Lease ADD COLUMN HistoryAt VARCHAR(256);
