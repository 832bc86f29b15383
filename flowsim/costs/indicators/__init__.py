"""Ten productivity indicators by month, from actual data or a simulated run; definitions go with every table.

`definitions` says what each is, `quantities` what it is counted from, `actual` and `from_run` find those, `monthly`
divides. Activity per resource: none of them says anything of quality, and administrations differ in what they do.
"""
