"""Tables as people keep them: guarded reading of CSV and workbooks, Swedish or English, and safe writing."""
