"""Tag rows of many, side by side: what differs, what it means, and whether it is the protocol that was agreed on."""
