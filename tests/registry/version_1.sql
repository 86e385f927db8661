-- The tables of a registry as release 0.1.0 first made them; a registry may lie about for years.
CREATE TABLE file (
    name TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    written INTEGER NOT NULL,
    changed INTEGER NOT NULL
);
CREATE TABLE dataset (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    n INTEGER NOT NULL,
    id_column TEXT,
    file TEXT NOT NULL REFERENCES file(name),
    ids_hash TEXT NOT NULL,
    created TEXT NOT NULL,
    created_by TEXT,
    notes TEXT NOT NULL DEFAULT ''
);
CREATE TABLE experiment (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    model TEXT,
    params TEXT NOT NULL,
    train_dataset INTEGER REFERENCES dataset(id),
    parent INTEGER REFERENCES experiment(id),
    tags TEXT NOT NULL,
    uri TEXT,
    created TEXT NOT NULL,
    created_by TEXT,
    notes TEXT NOT NULL DEFAULT ''
);
CREATE TABLE space (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    dataset INTEGER NOT NULL REFERENCES dataset(id),
    experiment INTEGER REFERENCES experiment(id),
    layer TEXT,
    epoch REAL,
    split TEXT,
    n INTEGER NOT NULL,
    dims INTEGER NOT NULL,
    dtype TEXT NOT NULL,
    metric TEXT,
    file TEXT NOT NULL REFERENCES file(name),
    rows_file TEXT REFERENCES file(name),
    report TEXT NOT NULL,
    created TEXT NOT NULL,
    created_by TEXT,
    notes TEXT NOT NULL DEFAULT ''
);
CREATE TABLE graph (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    space INTEGER NOT NULL REFERENCES space(id),
    items TEXT NOT NULL,
    metric TEXT NOT NULL,
    k INTEGER NOT NULL,
    engine TEXT NOT NULL,
    exact INTEGER NOT NULL,
    recall REAL,
    random_state INTEGER NOT NULL,
    version TEXT NOT NULL,
    file TEXT NOT NULL REFERENCES file(name),
    created TEXT NOT NULL,
    created_by TEXT,
    notes TEXT NOT NULL DEFAULT ''
,
    UNIQUE (space, items, metric, k, engine, random_state, version));
CREATE TABLE map (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    space INTEGER NOT NULL REFERENCES space(id),
    reducer TEXT NOT NULL,
    metric TEXT NOT NULL,
    n_neighbors INTEGER NOT NULL,
    random_state INTEGER NOT NULL,
    version TEXT NOT NULL,
    file TEXT NOT NULL REFERENCES file(name),
    created TEXT NOT NULL,
    created_by TEXT,
    notes TEXT NOT NULL DEFAULT ''
,
    UNIQUE (space, reducer, metric, n_neighbors, random_state, version));
CREATE TABLE comparison (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    a INTEGER NOT NULL REFERENCES space(id),
    b INTEGER NOT NULL REFERENCES space(id),
    n INTEGER NOT NULL,
    k INTEGER NOT NULL,
    metric TEXT NOT NULL,
    value REAL NOT NULL,
    low REAL,
    high REAL,
    chance REAL NOT NULL,
    verdict TEXT NOT NULL,
    quality TEXT,
    settings TEXT NOT NULL,
    question TEXT NOT NULL,
    version TEXT NOT NULL,
    created TEXT NOT NULL,
    created_by TEXT,
    notes TEXT NOT NULL DEFAULT ''
,
    UNIQUE (a, b, question));
PRAGMA application_id = 1165451879;
PRAGMA user_version = 1;
