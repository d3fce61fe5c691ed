"""Who signed a paper, when, and is it still what was signed? PAdES signatures with RFC 3161 timestamps (decision 24).

What each file answers: `subjects` whose signature it is, `authority` where a demo's certificates come from,
`timestamps` who says when, `pdf` how a signature gets into a PDF, `verification` what a PDF's signatures prove,
`configured` which of all these this installation uses. No clock, no model; pyHanko is slow to import, so whoever needs
it imports it late.
"""
