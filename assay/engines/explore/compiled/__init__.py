"""Breadth-first search in machine code: instance, terms, program, LLVM's text, search.

`words` lays the state out, `terms` and `ground` make formulas over it, `program` what actions do,
`places`, `source` and `functions` write that as LLVM's text, `kernel` what no model decides, and
`store` and `search` run it.
"""
