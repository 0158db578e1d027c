"""
What SQLite's planner is told of how rows are spread, so that its plans are steady.

Left to itself it takes it that ten rows belong to an installation, and reads all that
one has ever sent to find the next thirty. The figures are fixed: a plan is the same for
a new firm and for one that has sent for years. PostgreSQL counts by itself.
"""

from sqlalchemy import Engine, text

from addon.records.base import Record

# Of so many rows of a table so many belong to one installation.
SPREAD = "1000000 100000"


def steady(engine: Engine) -> None:
    """Write the figures into the database; connections read them as they are opened."""
    told = [
        {"tbl": table.name, "idx": index.name, "stat": SPREAD}
        for table in Record.metadata.sorted_tables
        for index in table.indexes
        if [column.name for column in index.columns] == ["installation_id"]
    ]
    with engine.begin() as connection:
        # On the schema alone: this makes the table of figures, and reads no rows.
        connection.execute(text("ANALYZE sqlite_schema"))
        connection.execute(text("DELETE FROM sqlite_stat1"))
        connection.execute(
            text(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)"
            ),
            told,
        )
    engine.dispose()
