-- What is remembered of a transaction whose entry was pruned, to tell the same one, sent again, from another one under its
-- id: who made it, and the SHA-256 of what it changed, in hexadecimal. NULL where it was pruned before that was kept.
ALTER TABLE Config_Old_Transaction ADD COLUMN Author ${text:128};
ALTER TABLE Config_Old_Transaction ADD COLUMN Content ${text:64};
