-- A comment; with a semicolon
CREATE TABLE Thing (
  ThingID INTEGER NOT NULL PRIMARY KEY,
  Name ${text:32},
  Picture ${binary},
  Weight ${double}
);
