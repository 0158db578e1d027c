"""A pretend Clockify: its API, its web app, its add-on machinery and its refusals."""
