"""Clockify's ids where very many are held at once."""

# An id in a third less memory, or the id itself.
Key = str | bytes


def key_of(identifier: str) -> Key:
    """Pack an id of 24 hexadecimal digits; whatever else an id may be stays itself."""
    try:
        packed = bytes.fromhex(identifier)
    except ValueError:
        return identifier
    return packed if packed.hex() == identifier else identifier


def id_of(key: Key) -> str:
    """Give the id of a key."""
    return key if isinstance(key, str) else key.hex()
