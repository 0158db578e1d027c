"""How Alembic reaches our database: through the application, online only."""

from alembic import context
from flask import current_app

from addon.records.base import db

engine = current_app.extensions["migrate"].db.engine
arguments = current_app.extensions["migrate"].configure_args

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        **arguments,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
