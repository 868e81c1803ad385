def section(todo, outcomes): return ""
def charts(*a): pass
