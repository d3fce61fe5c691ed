"""How can outsiders check a log? RFC 6962's tree in the forms of C2SP, to the byte. Pure: no Django, clock or network.

tree (hashes, proofs) · tiles (files) · note (signed text, keys) · checkpoint · cosignature · proof · policy · witness.
"""
